/* Templates: values are escaped wherever they stand, an item lacks what it lacks, addresses lead nowhere else. tests/template-cases has what the compiler refuses. */
#include "web/template.h"

#include <string.h>

#include "check.h"

static char *rendered(const char *json)
{
	static struct buf out;
	json_error_t error;
	json_t *data = json_loads(json, 0, &error);
	buf_clear(&out);
	CHECK(data != NULL);
	CHECK_INT(template_render(&out, template_find("page"), data), OK);
	json_decref(data);
	return out.data;
}

TEST(all_of_the_language)
{
	CHECK_TEXT(rendered("{\"title\":\"<a> & 'b' \\\"c\\\"\",\"link\":\"/people/1\",\"n\":-1234567,\"size\":1500000,\"at\":1764080645123456,\"day\":\"2026-02-03\",\"deep\":{\"er\":{\"most\":1.5}},"
			    "\"items\":[{\"name\":\"x<\",\"here\":true,\"at\":0,\"parts\":[\"p\",2,null]},{\"at\":1764080645123456}],\"empty\":[]}"),
		   "<p title=\"&lt;a&gt; &amp; &#39;b&#39; &quot;c&quot;\">&lt;a&gt; &amp; &#39;b&#39; &quot;c&quot;</p>\n"
		   "<a href=\"/people/1\">-1,234,567</a> <a href=\"/x/%3Ca%3E%20%26%20%27b%27%20%22c%22?q=-1234567\">1.5 MB</a>\n"
		   "<li class=\"here\">x&lt; &lt;a&gt; &amp; &#39;b&#39; &quot;c&quot;[p][2][]</li>\n"
		   "<li> 25 Nov 2025, 14:24:05 UTC &lt;a&gt; &amp; &#39;b&#39; &quot;c&quot;-</li>\n"
		   "empty 3 February 2026 2025-11-25T14:24:05Z 1.5\n"
		   "<b>&lt;a&gt; &amp; &#39;b&#39; &quot;c&quot;</b>\n");
}

TEST(an_item_lacks_what_it_lacks)
{
	char *text = rendered("{\"title\":\"t\",\"name\":\"the page's\",\"here\":true,\"at\":1764080645123456,\"items\":[{}]}");
	CHECK(strstr(text, "<li> t-</li>") != NULL); /* neither the page's name nor its moment */
	CHECK(strstr(rendered("{\"items\":[]}"), "none\n") != NULL);
	CHECK(strstr(rendered("{\"items\":7}"), "none\n") != NULL);
}

TEST(an_address_leads_nowhere_else)
{
	static const char *const bad[] = { "javascript:alert(1)", "//evil.example", "/\\\\evil.example", "http://evil.example", "\\tjavascript:x", "/a b", "", "data:text/html,x" };
	static const char *const good[] = { "/", "/exhibits/1?q=x#y", "?after=3", "#top" };
	char json[100], want[100];
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		snprintf(json, sizeof json, "{\"link\":\"%s\"}", bad[i]);
		CHECK(strstr(rendered(json), "<a href=\"#\">") != NULL);
	}
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		snprintf(json, sizeof json, "{\"link\":\"%s\"}", good[i]);
		snprintf(want, sizeof want, "<a href=\"%s\">", good[i]);
		CHECK(strstr(rendered(json), want) != NULL);
	}
}

TEST(a_page_has_a_limit)
{
	struct buf out = { .limit = 50 };
	json_t *data = json_pack("{s:s}", "title", "a title that is longer than what is left");
	CHECK_INT(template_render(&out, template_find("page"), data), ERR_LIMIT);
	json_decref(data);
	buf_free(&out);
	CHECK(template_find("part") == NULL && template_find("nothing") == NULL);
}

int main(void)
{
	RUN(all_of_the_language);
	RUN(an_item_lacks_what_it_lacks);
	RUN(an_address_leads_nowhere_else);
	RUN(a_page_has_a_limit);
	return check_done();
}
