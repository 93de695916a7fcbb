#include "cli/cli.h"

const struct command commands[] = {
	{ "examine", "EVIDENCE -o OUT.exhibit [options]", "read a phone's extraction into a sealed exhibit file",
	  "EVIDENCE is a folder, a zip, a tar (.gz, .zst), an iTunes/Finder backup folder or an Android .ab backup.\n\n"
	  "  -o, --output FILE     the exhibit to make; it must not exist yet and not lie inside the evidence\n"
	  "      --password TEXT   of an encrypted backup or archive (better: --password-file, which no process list shows)\n"
	  "      --password-file F read the password from the first line of F; - reads standard input\n"
	  "      --only GLOB       run only the artifacts whose name matches: 'android/whatsapp/*'\n"
	  "      --artifacts DIR   artifact files of your own, beside or instead of those that came with custos\n"
	  "      --region CC       country of numbers that name none (default GB)\n"
	  "      --threads N       reading threads (default: one a core)\n"
	  "      --scratch DIR     where large files are unpacked for reading (default $TMPDIR or /var/tmp)\n"
	  "      --json            progress and result as JSON lines on standard output\n"
	  "  -q, --quiet           no progress\n\n"
	  "Examples:\n  custos examine seized.zip -o A123.exhibit\n  custos examine backup.ab -o B7.exhibit --password-file pw.txt\n",
	  cmd_examine, false },
	{ "verify", "X.exhibit [EVIDENCE]", "prove that an exhibit is what was sealed, and that the evidence is what was read",
	  "Recomputes every hash of the seal. With EVIDENCE, reads it again and compares every file's SHA-256.\n"
	  "Exit status 0: unchanged; 3: something differs, named line by line.\n\n"
	  "      --password TEXT, --password-file F   as for examine\n"
	  "      --root HEX        the root hash written down at the examination: it must be this one\n\n"
	  "Examples:\n  custos verify A123.exhibit\n  custos verify A123.exhibit seized.zip --root 5f1c…\n",
	  cmd_verify, false },
	{ "artifacts", "list | check [FILE…] | new NAME", "list, check or begin artifact files",
	  "  list                  name, record kind and globs of all artifacts\n"
	  "  check [FILE|DIR…]     load them and say what is wrong, with line and reason\n"
	  "  new NAME              print the frame of a new artifact file\n"
	  "      --artifacts DIR   as for examine\n\n"
	  "Examples:\n  custos artifacts list\n  custos artifacts new android/someapp/messages > someapp.sql\n  custos artifacts check someapp.sql\n",
	  cmd_artifacts, false },
};

const int command_count = sizeof commands / sizeof commands[0];
