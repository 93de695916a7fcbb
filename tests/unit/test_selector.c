#include "check.h"
#include "examine/selector.h"
#include "sql/phone.h"

static const char *read_as(const char *text, const char *fixed)
{
	static struct selector s;
	static char out[200];
	snprintf(out, sizeof out, "nothing");
	if (selector_read(text, strlen(text), fixed, "GB", &s))
		snprintf(out, sizeof out, "%s %s", s.type, s.value.data);
	return out;
}

TEST(shapes)
{
	CHECK_TEXT(read_as("447700900123@s.whatsapp.net", NULL), "phone +447700900123");
	CHECK_TEXT(read_as("447700900123:7@s.whatsapp.net", NULL), "phone +447700900123");
	CHECK_TEXT(read_as("447700900123.0:7@s.whatsapp.net", NULL), "phone +447700900123");
	CHECK_TEXT(read_as("447700900123_1@c.us", NULL), "phone +447700900123");
	CHECK_TEXT(read_as("0@s.whatsapp.net", NULL), "id 0@s.whatsapp.net");
	CHECK_TEXT(read_as("anna@s.whatsapp.net", NULL), "id anna@s.whatsapp.net");
	CHECK_TEXT(read_as("1234567890123456@s.whatsapp.net", NULL), "id 1234567890123456@s.whatsapp.net"); /* a digit too many */
	CHECK_TEXT(read_as("120363040102402598@g.us", NULL), "group 120363040102402598@g.us");
	CHECK_TEXT(read_as("98765432101234@lid", NULL), "lid 98765432101234@lid");
	CHECK_TEXT(read_as("07700 900123", NULL), "phone +447700900123");
	CHECK_TEXT(read_as("+44 (0)7700 900123", NULL), "phone +447700900123");
	CHECK_TEXT(read_as("Someone@Example.ORG", NULL), "email someone@example.org");
	CHECK_TEXT(read_as("  ", NULL), "nothing");
}

TEST(a_user_id_is_no_telephone_number)
{
	CHECK_TEXT(read_as("id:447700900123", NULL), "id 447700900123");
	CHECK_TEXT(read_as("447700900123", NULL), "number 447700900123");
	CHECK_TEXT(read_as("7700900123", NULL), "number 7700900123");
}

TEST(types_that_are_given)
{
	CHECK_TEXT(read_as("phone:07700900123", NULL), "phone +447700900123");
	CHECK_TEXT(read_as("phone:62000", NULL), "phone 62000"); /* a short code stays as dialled */
	CHECK_TEXT(read_as("phone:Parcel Co", NULL), "name Parcel Co");
	CHECK_TEXT(read_as("@Some.One", "handle"), "handle some.one");
	CHECK_TEXT(read_as("00:1A:2b:3c:4d:5E", "mac"), "mac 00:1a:2b:3c:4d:5e");
	CHECK_TEXT(read_as("0:1A:2b:3:4d:5E", "mac"), "mac 00:1a:2b:03:4d:5e"); /* as Apple writes it */
	CHECK_TEXT(read_as("001a2b3c4d5e", "mac"), "mac 00:1a:2b:3c:4d:5e");
	CHECK_TEXT(read_as("0:1a:2b:3:4", "mac"), "name 0:1a:2b:3:4");
	CHECK_TEXT(read_as("1:2:3:4:567:8", "mac"), "name 1:2:3:4:567:8");
	CHECK_TEXT(read_as("1:23456:78901", "mac"), "name 1:23456:78901");
	CHECK_TEXT(read_as("001a2b-3c4d5e", "mac"), "mac 00:1a:2b:3c:4d:5e");
	CHECK_TEXT(read_as("00:1a:2b:3c:4d:5e:6f", "mac"), "name 00:1a:2b:3c:4d:5e:6f");
	CHECK_TEXT(read_as("89 4400 0000 0000 00013F", "iccid"), "iccid 8944000000000000013");
	CHECK_TEXT(read_as("447700900123@s.whatsapp.net", "thread"), "phone +447700900123");
	CHECK_TEXT(read_as("340282366841710300949128", "thread"), "thread 340282366841710300949128");
}

TEST(nothing_behind_a_prefix)
{
	static const char *const empty[] = { "", "   ", "phone:", " id: ", "handle:" }, *const full[] = { ":", "x", "phone:1", "colon:", "id:x:" };
	for (size_t i = 0; i < sizeof empty / sizeof *empty; i++)
		CHECK(selector_empty(empty[i], strlen(empty[i])));
	for (size_t i = 0; i < sizeof full / sizeof *full; i++)
		CHECK(!selector_empty(full[i], strlen(full[i])));
}

int main(void)
{
	phone_startup();
	RUN(shapes);
	RUN(a_user_id_is_no_telephone_number);
	RUN(types_that_are_given);
	RUN(nothing_behind_a_prefix);
	return check_done();
}
