/* jid: the one rule for which of WhatsApp's ids hold a telephone number. For sql/ and for examine/selector.c. */
#ifndef CUSTOS_SQL_JID_H
#define CUSTOS_SQL_JID_H

#include <stddef.h>

/* How many digits at the beginning of `jid` are its number, without '+': "447700900123@s.whatsapp.net", or with an agent or a device behind the number
 * (".0", ":7", "_1"); servers s.whatsapp.net, c.us, call. 0 for all else: groups, @lid, "0@s.whatsapp.net" (WhatsApp itself), names. */
size_t jid_number_digits(const char *jid, size_t size);

#endif
