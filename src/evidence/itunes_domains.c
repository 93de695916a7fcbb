#include "evidence/itunes.h"

#include <string.h>

/* Where a backup domain's files lie on the phone. A domain that ends with '-' is followed by a name of its own
 * ("AppDomain-org.example.chat"), which becomes the first folder: on the phone an app's folder bears a random UUID
 * instead. Roots as public backup tools agree on them; the table in docs/formats/itunes-backup.md says the same. */
static const struct domain {
	const char *name, *root;
} domains[] = {
	{ "AppDomain-", "private/var/mobile/Containers/Data/Application/" },
	{ "AppDomainGroup-", "private/var/mobile/Containers/Shared/AppGroup/" },
	{ "AppDomainPlugin-", "private/var/mobile/Containers/Data/PluginKitPlugin/" },
	{ "SysContainerDomain-", "private/var/containers/Data/System/" },
	{ "SysSharedContainerDomain-", "private/var/containers/Shared/SystemGroup/" },
	{ "BooksDomain", "private/var/mobile/Media/Books/" },
	{ "CameraRollDomain", "private/var/mobile/" },
	{ "DatabaseDomain", "private/var/db/" },
	{ "HealthDomain", "private/var/mobile/Library/" },
	{ "HomeDomain", "private/var/mobile/" },
	{ "HomeKitDomain", "private/var/mobile/" },
	{ "InstallDomain", "private/var/installd/" },
	{ "KeyboardDomain", "private/var/mobile/" },
	{ "KeychainDomain", "private/var/Keychains/" },
	{ "ManagedPreferencesDomain", "private/var/Managed Preferences/" },
	{ "MediaDomain", "private/var/mobile/" },
	{ "MobileDeviceDomain", "private/var/MobileDevice/" },
	{ "NetworkDomain", "private/var/networkd/" },
	{ "ProtectedDomain", "private/var/protected/" },
	{ "RootDomain", "private/var/root/" },
	{ "SystemPreferencesDomain", "private/var/preferences/" },
	{ "TonesDomain", "private/var/mobile/" },
	{ "WirelessDomain", "private/var/wireless/" },
};

/* A name out of the domain as one folder: a '/' in it must not make two. */
static void folder_add(struct buf *out, const char *name, size_t size)
{
	for (size_t i = 0; i < size; i++)
		buf_char(out, name[i] == '/' ? '_' : name[i]);
	buf_char(out, '/');
}

void itunes_path(struct buf *out, const char *domain, size_t domain_size, const char *path, size_t path_size)
{
	for (size_t i = 0;; i++) {
		if (i == sizeof domains / sizeof *domains) {
			buf_text(out, "private/var/");
			folder_add(out, domain, domain_size);
			break;
		}
		size_t n = strlen(domains[i].name);
		bool named = domains[i].name[n - 1] == '-';
		if (domain_size < n || memcmp(domain, domains[i].name, n) != 0 || (!named && domain_size != n))
			continue;
		buf_text(out, domains[i].root);
		if (named)
			folder_add(out, domain + n, domain_size - n);
		break;
	}
	buf_add(out, path, path_size);
}

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' :
	       c >= 'a' && c <= 'f' ? c - 'a' + 10 :
	       c >= 'A' && c <= 'F' ? c - 'A' + 10 :
				      -1;
}

bool itunes_id(const char *text, size_t size, uint8_t ret[ITUNES_ID])
{
	if (size != ITUNES_ID * 2)
		return false;
	for (size_t i = 0; i < ITUNES_ID; i++) {
		int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);
		if (high < 0 || low < 0)
			return false;
		ret[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}
