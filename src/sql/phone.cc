/* libphonenumber behind a C interface, with the most recent answers kept: a parse costs microseconds by the dozen, and
 * a phone names the same few hundred numbers again and again. */
#include "sql/phone.h"

#include <phonenumbers/phonenumberutil.h>

#include <cstring>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

namespace
{

struct Answer {
	std::string question; /* region, then text; empty: unused */
	bool found;
	char e164[PHONE_ROOM];
};

constexpr size_t answers_kept = 4096;
constexpr size_t text_longest = 64;

std::mutex answers_lock;
std::vector<Answer> answers;

/* Removes what phones wrap numbers in: "tel:", isolates and marks of writing direction, no-break spaces. False when
 * what is left has letters other than an extension's, so that "O2" and "VODAFONE" are not spelled out on a keypad. */
bool clean(const char *text, size_t size, std::string &out)
{
	if (size >= 4 && strncasecmp(text, "tel:", 4) == 0) {
		text += 4;
		size -= 4;
	}
	for (size_t i = 0; i < size; i++) {
		const unsigned char c = static_cast<unsigned char>(text[i]);
		const unsigned char *p = reinterpret_cast<const unsigned char *>(text) + i;
		if (c == 0xe2 && i + 2 < size &&
		    ((p[1] == 0x80 && (p[2] == 0x8e || p[2] == 0x8f || (p[2] >= 0xaa && p[2] <= 0xae))) ||
		     (p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9))) {
			i += 2;
		} else if (c == 0xc2 && i + 1 < size && p[1] == 0xa0) {
			out += ' ';
			i++;
		} else if (c == ';' || c == ',' || c == '#' || c == 'x' || c == 'X' ||
			   strncasecmp(text + i, "ext", size - i < 3 ? size - i : 3) == 0) {
			break; /* parameters, pauses and extensions are no part of E.164 */
		} else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '@' || c < ' ') {
			return false;
		} else {
			out += text[i];
		}
	}
	return !out.empty();
}

bool parse(const std::string &text, const char *region, char *out)
{
	const PhoneNumberUtil *util = PhoneNumberUtil::GetInstance();
	PhoneNumber number;
	/* "Possible", not "valid": numbers of new ranges are not in the metadata. */
	if (util->Parse(text, region, &number) != PhoneNumberUtil::NO_PARSING_ERROR ||
	    util->IsPossibleNumberWithReason(number) != PhoneNumberUtil::IS_POSSIBLE)
		return false;
	if (text.find('+') == std::string::npos && text.find('0') != text.find_first_of("0123456789") &&
	    !util->IsValidNumber(number))
		return false;
	number.clear_extension();
	std::string e164;
	util->Format(number, PhoneNumberUtil::E164, &e164);
	if (e164.empty() || e164.size() >= PHONE_ROOM)
		return false;
	memcpy(out, e164.c_str(), e164.size() + 1);
	return true;
}

bool look_up(const char *text, size_t size, const char *region, char *out)
{
	std::string question = std::string(region) + ' ' + std::string(text, size);
	const std::lock_guard<std::mutex> held(answers_lock);
	if (answers.empty())
		answers.resize(answers_kept);
	Answer &a = answers[std::hash<std::string> {}(question) % answers_kept];
	if (a.question != question) {
		std::string cleaned;
		a.found = clean(text, size, cleaned) && parse(cleaned, region, a.e164);
		a.question = std::move(question);
	}
	if (a.found)
		memcpy(out, a.e164, PHONE_ROOM);
	return a.found;
}

} // namespace

/* No exception may pass into C; what throws is the memory running out. */
extern "C" bool phone_e164(const char *text, const char *region, char *ret, size_t size)
try {
	const size_t length = text ? strnlen(text, text_longest + 1) : 0;
	return size >= PHONE_ROOM && length > 0 && length <= text_longest &&
	       look_up(text, length, region ? region : "GB", ret);
} catch (...) {
	return false;
}

extern "C" void phone_startup(void)
{
	/* The first parse loads metadata and compiles expressions, which needs time and files. */
	char out[PHONE_ROOM];
	phone_e164("07700 900123", "GB", out, sizeof out);
	phone_e164("+1 202 555 0123", "GB", out, sizeof out);
}
