#include "cli/cli.h"

#include "cli/records.h"

#define FILTER_HELP                                                                                                     \
	"  --from TIME --to TIME   2026-03-01 or 2026-03-01T14:30:00Z (UTC); a day means all of it\n"                      \
	"  --app NAME              as the app column shows it\n"                                                           \
	"  --selector TEXT         a number (+447700900123), handle, e-mail, id: in any column\n"                          \
	"  --thread TEXT           one conversation\n"                                                                     \
	"  --state STATE           live, wal-old, free-page, free-block, unallocated, journal, index-only\n"               \
	"  --deleted               recovered records only\n"                                                               \
	"  --profile TEXT          one Android user or iOS container\n"                                                    \
	"  --limit N               the first N\n"                                                                          \
	"  --csv, --jsonl          for programs; without either: a table on a terminal, CSV otherwise\n"

#define RECORD_HELP(name) FILTER_HELP "\nExamples:\n  custos " name " A123.exhibit --from 2026-03-01\n  custos " name " A123.exhibit --jsonl | less\n"

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
	  "      --all-frames      hash every frame of each video, not its key frames alone: slow, and what a comparison should rest on\n"
	  "      --lists DIR       compare every file, picture and video with the known lists of this folder (default: where custos lists keeps them);\n"
	  "                        a picture on a list of illegal ones is then shown by no command; --no-lists compares with none\n"
	  "      --no-thumbnails   no small grey pictures; of what is on a list of illegal ones none is ever made\n"
	  "      --resume          keep what is finished in FILE.resume; after an interruption the same command goes on from there\n"
	  "      --json            progress and result as JSON lines on standard output\n"
	  "  -q, --quiet           no progress\n\n"
	  "Exit status 4: the evidence is encrypted, and its password is missing or wrong.\n\n"
	  "Examples:\n  custos examine seized.zip -o A123.exhibit\n  custos examine backup.ab -o B7.exhibit --password-file pw.txt\n",
	  cmd_examine, false },
	{ "verify", "X.exhibit [EVIDENCE]", "prove that an exhibit is what was sealed, and that the evidence is what was read",
	  "Recomputes every hash of the seal. With EVIDENCE, reads it again and compares every file's SHA-256.\n"
	  "Exit status 0: unchanged; 3: something differs, named line by line.\n\n"
	  "      --password TEXT, --password-file F   as for examine\n"
	  "      --root HEX        the root hash written down at the examination: it must be this one\n\n"
	  "Examples:\n  custos verify A123.exhibit\n  custos verify A123.exhibit seized.zip --root 5f1c…\n",
	  cmd_verify, false },
	{ "artifacts", "| check [FILE…] | new NAME", "list, check or begin artifact files",
	  "  list                  name, record kind and globs of all artifacts\n"
	  "  check [FILE|DIR…]     load them and say what is wrong, with line and reason\n"
	  "  new NAME              print the frame of a new artifact file\n"
	  "      --artifacts DIR   as for examine\n\n"
	  "Examples:\n  custos artifacts list\n  custos artifacts new android/someapp/messages > someapp.sql\n  custos artifacts check someapp.sql\n",
	  cmd_artifacts, false },
	{ "show", "X.exhibit [--notes]", "the device, its accounts, what was found, and what could not be read",
	  "  --notes   all notes, and nothing else\n\nExample:\n  custos show A123.exhibit\n", cmd_show, false },
	{ "threads", "X.exhibit [filters]", "threads: a conversation: one-to-one, group, channel or broadcast list", RECORD_HELP("threads"), cmd_records, false },
	{ "messages", "X.exhibit [filters]", "messages: one message of any app: SMS, chat, direct message, e-mail", RECORD_HELP("messages"), cmd_records, false },
	{ "reactions", "X.exhibit [filters]", "reactions: somebody's reaction to a message", RECORD_HELP("reactions"), cmd_records, true },
	{ "calls", "X.exhibit [filters]", "calls: a voice or video call, made, received or missed", RECORD_HELP("calls"), cmd_records, false },
	{ "contacts", "X.exhibit [filters]", "contacts: an entry of an address book or an app's list of people", RECORD_HELP("contacts"), cmd_records, false },
	{ "accounts", "X.exhibit [filters]", "accounts: an account known to the device", RECORD_HELP("accounts"), cmd_records, false },
	{ "media", "X.exhibit [filters] | X.exhibit --similar FILE | X.exhibit --groups | X.exhibit --thumbnail SHA256 -o OUT.jpg", "media: a picture, video or recording, as an app's index or the file itself describes it", FILTER_HELP
	  "  --all                   also files that a list of known-good ones names\n"
	  "  --similar FILE          those that look like this picture or video of yours, the nearest first; --dihedral: also turned and mirrored\n"
	  "  --groups                those that look like one another: each group's members lie within the distance of its first\n"
	  "  --distance N            with these two: bits that may differ, 0 to 63 (default 31)\n"
	  "  --thumbnail SHA256      a file's small grey picture into a new file (-o OUT.jpg), blurred; --clear: as it is\n"
	  "\nExamples:\n  custos media A123.exhibit --from 2026-03-01\n  custos media A123.exhibit --similar post.jpg\n  custos media A123.exhibit --groups --jsonl\n", cmd_media, false },
	{ "locations", "X.exhibit [filters]", "locations: where the device, or a thing it knows of, was", RECORD_HELP("locations"), cmd_records, false },
	{ "visits", "X.exhibit [filters]", "visits: a page of the web that was opened", RECORD_HELP("visits"), cmd_records, false },
	{ "searches", "X.exhibit [filters]", "searches: words somebody searched for", RECORD_HELP("searches"), cmd_records, true },
	{ "downloads", "X.exhibit [filters]", "downloads: a file that was fetched", RECORD_HELP("downloads"), cmd_records, true },
	{ "cookies", "X.exhibit [filters]", "cookies: what a site keeps in a browser", RECORD_HELP("cookies"), cmd_records, true },
	{ "apps", "X.exhibit [filters]", "apps: an installed or removed app", RECORD_HELP("apps"), cmd_records, false },
	{ "app_uses", "X.exhibit [filters]", "app uses: an app in use: on screen, typing, moving data", RECORD_HELP("app_uses"), cmd_records, true },
	{ "notifications", "X.exhibit [filters]", "notifications: what the device showed its user unasked", RECORD_HELP("notifications"), cmd_records, true },
	{ "networks", "X.exhibit [filters]", "networks: a Wi-Fi network the device knows", RECORD_HELP("networks"), cmd_records, true },
	{ "device_links", "X.exhibit [filters]", "device links: another device this one met: Bluetooth, AirDrop", RECORD_HELP("device_links"), cmd_records, true },
	{ "sims", "X.exhibit [filters]", "sims: a SIM card that was in the device", RECORD_HELP("sims"), cmd_records, true },
	{ "social", "X.exhibit [filters]", "social: an act on a platform: post, story, comment, like, follow, view, share, live", RECORD_HELP("social"), cmd_records, true },
	{ "events", "X.exhibit [filters]", "events: a calendar entry", RECORD_HELP("events"), cmd_records, true },
	{ "notes", "X.exhibit [filters]", "notes: a note the user wrote", RECORD_HELP("notes"), cmd_records, false },
	{ "artifact_files", "X.exhibit [filters]", "artifact files: anything an artifact found worth a line that has no better kind", RECORD_HELP("artifact_files"), cmd_records, true },
	{ "device", "X.exhibit [filters]", "device: a fact about the device itself", RECORD_HELP("device"), cmd_records, false },
	{ "timeline", "X.exhibit [filters]", "everything that has a time, in its order", FILTER_HELP "\nExample:\n  custos timeline A123.exhibit --from 2026-03-01 --to 2026-03-02\n", cmd_timeline, false },
	{ "search", "X.exhibit WORD… [filters]", "find words in all texts",
	  "Each word must occur; \"two words\" in quotes stand side by side; wor* finds what begins so.\n\n" FILTER_HELP
	  "\nExamples:\n  custos search A123.exhibit parcel\n  custos search A123.exhibit 'north fence' --app WhatsApp\n", cmd_search, false },
	{ "recover", "FILE.db [--table NAME] [--csv|--jsonl|--sqlite OUT] [--live] [--map OUT.svg]", "deleted rows of one SQLite database, and earlier versions of those there are",
	  "Reads FILE.db with the FILE.db-wal and FILE.db-journal beside it; a WAL or journal alone can be named, too. Nothing is changed. Rows that are live are not\n"
	  "shown. What each state means, and what a recovered row proves: docs/recovery.md.\n\n"
	  "      --table NAME      only this table\n"
	  "      --csv, --jsonl    for programs, on standard output; without either: tables on a terminal, CSV otherwise\n"
	  "      --sqlite OUT      a new database with a table for each: the columns as found, and where and how each row was found\n"
	  "      --map OUT.svg     a picture of all pages: what belongs to which table, and where recovered rows lie\n"
	  "      --live            give live rows, too\n"
	  "      --fragments       give also rows of which more than one column is lost, and those known from an index only\n"
	  "      --hot-journal     take a journal that was not rolled back as SQLite would: what it holds is live\n"
	  "      --wal FILE, --journal FILE   instead of those beside the database; --no-wal, --no-journal: without\n"
	  "      --notes           all notes on what was odd in the files, not the first ten\n"
	  "  -q, --quiet           no progress\n\n"
	  "Exit status 0: the files were read, also when no row came back; 1: they could not be.\n\n"
	  "Examples:\n  custos recover msgstore.db\n  custos recover sms.db --table message --csv > deleted.csv\n"
	  "  custos recover sms.db --sqlite deleted.db --map pages.svg\n  custos recover --jsonl msgstore.db-wal\n",
	  cmd_recover, false },
	{ "sql", "X.exhibit [STATEMENT] [--csv|--jsonl]", "ask the exhibit in SQL, read-only",
	  "Without STATEMENT it reads statements from standard input. Tables and views: docs/exhibit-format.md.\n\n"
	  "Example:\n  custos sql A123.exhibit \"SELECT app, count(*) FROM messages GROUP BY app\"\n", cmd_sql, false },
	{ "hash", "FILE… [--dihedral] [--frames | --keys] [--triage]", "fingerprints of pictures and videos: the same is found again after rescaling and recompression",
	  "JPEG, PNG, HEIC, AVIF, WebP and GIF; MP4, QuickTime, 3GP, WebM, Matroska and AVI. A line for each file: SHA-256, PDQ hash in hexadecimal, quality, path. Two pictures with at most 31 bits of 256 different look alike. A hash whose\n"
	  "quality is below 50 is not comparable: there is too little in the picture. A file that is no picture has - in place of a hash.\n\n"
	  "      --dihedral   eight lines a file: also as turned and mirrored\n"
	  "      --frames     a line for each frame of a video or moving picture (GIF, WebP), its number and its seconds before the path\n"
	  "      --keys       the same, but of a video only key frames, each labelled key: much faster, and for a first look only\n"
	  "      --triage     JPEG files without their colours: faster, a few bits differ\n\n"
	  "Exit status 1: a file could not be read.\n\n"
	  "Examples:\n  custos hash IMG_0001.jpg\n  find DCIM -name '*.jpg' -print0 | xargs -0 custos hash > hashes.txt\n  custos hash --frames VID_0001.mp4\n",
	  cmd_hash, false },
	{ "match", "[FILE | FOLDER | X.exhibit …] [--hash PDQ] [--dihedral] [--lists DIR] [--distance N]", "which pictures and videos are on known lists, or look like an exhibit's",
	  "Exhibits alone: every file's bytes and every fingerprint against all known lists (custos lists), and the fingerprints of several exhibits against one another.\n"
	  "With files, folders or hashes: these are looked for, on the lists and in the exhibits that are named. A line of JSON for each match: file, list, version, category,\n"
	  "distance, threshold, quality. Two pictures within the distance look alike; that they are one, somebody has to see. Two videos are one when at least 80 % of the\n"
	  "first one's frames are in the other (vPDQ). Fingerprints whose quality is below 50 are told as not comparable. On standard error: what was compared, what was not.\n\n"
	  "      --lists DIR      where the known lists are (default as of custos lists)\n"
	  "      --distance N     bits that may differ, 0 to 63 (default 31)\n"
	  "      --hash PDQ       a fingerprint of its own, as custos hash prints it; may be repeated\n"
	  "      --dihedral       pictures also as turned and mirrored\n\n"
	  "A match with a list of nature illegal is a mandatory referral: nothing of such a file is shown but path, hash, list and category.\n"
	  "Exit status 0: all was compared, whatever came of it; 1: a file could not be read.\n\n"
	  "Examples:\n  custos match A123.exhibit\n  custos match A123.exhibit B7.exhibit > alike.jsonl\n  custos match post.mp4 screenshots/ A123.exhibit --dihedral\n"
	  "  custos match A123.exhibit --hash d8f8f0ce…\n",
	  cmd_match, false },
	{ "lists", "[add FILE… | remove NAME@VERSION | verify | find HASH…] [options]", "known lists: hashes of files that are known to be illegal, harmful, of interest, or harmless",
	  "Without a word: which lists there are. Formats, natures, categories and what the law says: docs/lists.md.\n\n"
	  "  add FILE…             makes a list version of a file, or of several that are one list; it is there when it is whole, or not at all\n"
	  "      --name N --version V   what it is called\n"
	  "      --nature NATURE   what it means to be on it: illegal, harmful, of-interest or known-good. To be known is not to be abuse: nothing guesses this\n"
	  "      --country CC      whose categories it has: UK, US, …; a number means different things in different countries\n"
	  "      --source TEXT     who gave it, and when\n"
	  "      --handling TEXT   the rule under which it may be used; shown with each hit\n"
	  "      --format NAME     vics, plain, pdq, hashdeep, nsrl, ncmec, threatexchange, icse; else by how the file begins\n"
	  "      --scratch DIR     for sorting, about the list's own size (default: where the lists are)\n"
	  "  remove NAME@VERSION   takes the list version away\n"
	  "  verify                reads all lists and compares with what was imported; exit status 3: one was changed\n"
	  "  find HASH…            which lists have this MD5, SHA-1, SHA-256 or PDQ hash; exit status 1: none has it\n"
	  "      --lists DIR       where the lists are (default $CUSTOS_LISTS, $XDG_DATA_HOME/custos/lists or ~/.local/share/custos/lists)\n"
	  "      --jsonl           for programs\n"
	  "  -q, --quiet           no progress\n\n"
	  "Examples:\n  custos lists add caid.json --name caid --version 2026-11 --nature illegal --country UK --source 'force liaison, 3 November 2026'\n"
	  "  custos lists add RDS_2026.09.1_modern_minimal.db --name nsrl --version 2026.09.1 --nature known-good\n"
	  "  custos lists\n  custos lists find 9e107d9d372bb6826bd81d3542a419d6\n  custos lists remove caid@2026-10\n",
	  cmd_lists, false },
	{ "serve", "[--data DIR] [--listen ADDRESS:PORT] [options]", "the casebook in a browser: people, exhibits, cases, custody",
	  "In an empty folder it makes a casebook and prints a link that makes the first administrator; the link works once.\n\n"
	  "      --data DIR        the casebook's folder: its database, exhibits and uploads (default: this folder)\n"
	  "      --listen A:P      address and port (default 127.0.0.1:8420; port 0: a free one). Other machines reach it through a proxy that ends TLS\n"
	  "      --origin URL      how a browser calls it through that proxy: https://custos.example.org\n"
	  "      --database URL    postgresql://… when several servers share one casebook (default: SQLite in the folder)\n"
	  "      --evidence DIR    a folder on this machine whose extractions officers may point at; may be repeated\n"
	  "      --lists DIR       known lists that examinations compare with (default as of custos examine)\n"
	  "      --workers N       examinations at once (default 1)\n"
	  "      --sample FILE     in a new casebook: an invented case around this extraction\n\n"
	  "It ends with Ctrl-C; an examination that was under way goes on at the next start.\n\n"
	  "Examples:\n  custos serve\n  custos serve --data /srv/custos --evidence /srv/extractions --origin https://custos.example.org\n  custos serve --data /srv/custos --database postgresql://custos@db/custos\n",
	  cmd_serve, false },
	{ "casebook", "checkpoint | key | proof N | export FOLDER | copy TO [--data DIR] [--database URL]", "a casebook's custody log, given out for others to verify; a whole casebook copied",
	  "  checkpoint        the log's size and root, signed: keep it elsewhere, and nothing before it can be changed unseen\n"
	  "  key               the public key to verify with\n"
	  "  proof N           proves that entry N is in the log\n"
	  "  export FOLDER     the whole log as files\n"
	  "  copy TO           the whole casebook into an empty one: postgresql://… when a unit grows, or a new SQLite file as a dump (and back). Numbers and proofs stay\n"
	  "                    the same; stop the servers first, and take the folder (exhibits, uploads, log.key) along\n"
	  "      --data DIR      the casebook's folder (default: this folder)\n"
	  "      --database URL  as for serve\n\n"
	  "custos-verify checks all of these without a database or a network.\n\n"
	  "Examples:\n  custos casebook checkpoint --data /srv/custos > checkpoint-2026-11-25\n  custos casebook export /media/defence/log --data /srv/custos\n"
	  "  custos-verify log /media/defence/log --key log.pub --old checkpoint-2026-11-25\n"
	  "  custos casebook copy postgresql://custos@db/custos --data /srv/custos\n",
	  cmd_serve, false },
	{ "manual", "man | records | completion | schema", "print the manual's parts that are made from the program's own tables",
	  "  man          the man page\n  records      the record kinds and their columns, as Markdown\n  completion   completion for bash\n  schema       the exhibit's CREATE statements\n\n"
	  "Example:\n  custos manual man | man -l -\n", cmd_manual, false },
};

const int command_count = sizeof commands / sizeof commands[0];
