#include "sql/phone.h"

#include <cstring>
#include <string>

#include <phonenumbers/phonenumberutil.h>

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

extern "C" void phone_startup(void)
{
	/* The first parse loads metadata and compiles expressions, which needs time and files. */
	char out[32];
	phone_e164("07700 900123", "GB", out, sizeof out);
}

/* Exceptions must not cross into C: bad_alloc is the only one that can come. */
extern "C" bool phone_e164(const char *text, const char *region, char *ret, size_t size)
try {
	PhoneNumberUtil *util = PhoneNumberUtil::GetInstance();
	PhoneNumber number;
	std::string out;
	if (util->Parse(text, region ? region : "GB", &number) != PhoneNumberUtil::NO_PARSING_ERROR)
		return false;
	/* "Possible", not "valid": the numbers of drama and of new ranges are not in the metadata, but a number with too few digits is none. */
	if (text[0] != '+' && !util->IsValidNumber(number) && text[0] != '0')
		return false;
	if (util->IsPossibleNumber(number) == false)
		return false;
	util->Format(number, PhoneNumberUtil::E164, &out);
	if (out.size() >= size)
		return false;
	std::memcpy(ret, out.c_str(), out.size() + 1);
	return true;
} catch (...) {
	return false;
}
