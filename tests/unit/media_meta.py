"""media_meta.py META_DUMP: what our readers say of made files must be what was put in, and of these, of files that exiftool and FFmpeg write, and of the
shared real ones it must be what exiftool says, field by field. Where a tool or the data is absent, that part is said to be skipped."""
import datetime
import glob
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import make_media

failures = []
compared = {}


def dump(tool, paths):
    p = subprocess.run([tool] + paths, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    return {row["path"]: row for row in map(json.loads, p.stdout.decode().splitlines())}


def differ(path, field, got, want):
    failures.append(path)
    print("differs: %s: %s is %r, not %r" % (os.path.basename(path), field, got, want))


def same(got, want):
    if isinstance(want, float) or isinstance(got, float):
        return isinstance(got, (int, float)) and isinstance(want, (int, float)) and math.isclose(got, want, rel_tol=1e-6, abs_tol=1e-6)
    return got == want


def check(path, field, got, want):
    compared[field] = compared.get(field, 0) + 1
    if not same(got, want):
        differ(path, field, got, want)


# --- the truth that the maker wrote down ------------------------------------------------------------------------------

def against_truth(tool, folder):
    make_media.main(folder)
    rows = dump(tool, [os.path.join(folder, name) for name in sorted(make_media.TRUTH)])
    for name, truth in make_media.TRUTH.items():
        row = rows[os.path.join(folder, name)]
        for field, want in truth.items():
            if field != "detail":
                check(name, field, row.get(field), want)
        for field, want in truth["detail"].items():
            check(name, "detail " + field, row["detail"].get(field), want)


# --- exiftool's reading -----------------------------------------------------------------------------------------------

def moment(text, zone_default="Z"):
    """exiftool's "2024:01:31 12:33:44.567+01:00" as our UTC text."""
    text = text.strip()
    zone = None
    for sign in "+-":
        if sign in text[10:]:
            text, zone = text[:text.rindex(sign)], text[text.rindex(sign):]
    if text.endswith("Z"):
        text, zone = text[:-1], "Z"
    zone = zone or zone_default
    when = datetime.datetime.strptime(text[:19], "%Y:%m:%d %H:%M:%S").replace(tzinfo=datetime.timezone.utc)
    if zone != "Z":
        hours, minutes = int(zone[1:3]), int(zone[4:6])
        when -= datetime.timedelta(hours=hours, minutes=minutes) * (-1 if zone[0] == "-" else 1)
    micros = int((text[20:] or "0").ljust(6, "0")[:6]) if text[19:20] == "." else 0
    return when.strftime("%Y-%m-%dT%H:%M:%S") + (".%06d" % micros if micros else "") + "Z"


def local(text, fraction=None):
    return text.replace(":", "-", 2).replace(" ", "T", 1) + ("." + str(fraction) if fraction not in (None, "") else "")


def plain(v):
    """A text as we clean it."""
    return " ".join(str(v).split()) if v is not None else None


def against_exiftool(tool, paths):
    command = ["exiftool", "-j", "-n", "-G1", "-api", "largefilesupport=1", "-charset", "iptc=UTF8"] + paths
    out = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    theirs = {row["SourceFile"]: row for row in json.loads(out)}
    for path, row in dump(tool, paths).items():
        e = theirs.get(path)
        if e:
            one_file(path, row, e)


def one_file(path, row, e):
    detail = row["detail"]
    for field, tag in (("make", "IFD0:Make"), ("model", "IFD0:Model"), ("serial", "ExifIFD:SerialNumber"), ("unique_id", "ExifIFD:ImageUniqueID"), ("software", "IFD0:Software"),
                       ("make", "Keys:Make"), ("make", "Keys:AndroidMake"), ("model", "Keys:Model"), ("model", "Keys:AndroidModel"), ("software", "Keys:Software"), ("unique_id", "Keys:ContentIdentifier"),
                       ("make", "UserData:Make"), ("model", "UserData:Model")):
        if tag in e:
            check(path, field + " = " + tag, plain(row.get(field)), plain(e[tag]))
    for field, tag in (("orientation", "IFD0:Orientation"), ("direction", "GPS:GPSImgDirection"), ("accuracy", "GPS:GPSHPositioningError"), ("accuracy", "Keys:LocationAccuracyHorizontal"),
                       ("duration", "QuickTime:Duration"), ("duration", "Info:Duration"), ("altitude", "Composite:GPSAltitude")):
        if e.get(tag):
            check(path, field + " = " + tag, row.get(field, 0), e[tag])
    if e.get("Composite:GPSLatitude") or e.get("Composite:GPSLongitude"):
        check(path, "latitude", row.get("latitude"), e["Composite:GPSLatitude"])
        check(path, "longitude", row.get("longitude"), e["Composite:GPSLongitude"])
    if "Composite:GPSDateTime" in e:
        check(path, "gps_at", row.get("gps_at"), moment(e["Composite:GPSDateTime"]))
    # sizes: of a film's frames as they are coded, where exiftool has these apart from how they are shown
    video = next((g for g in ("Track1", "Track2", "Track3") if g + ":SourceImageWidth" in e and g + ":ImageWidth" in e), None)
    if video:
        check(path, "size = stsd", [row["width"], row["height"]], [e[video + ":SourceImageWidth"], e[video + ":SourceImageHeight"]])
        shown = [e[video + ":ImageWidth"], e[video + ":ImageHeight"]]
        check(path, "size shown", detail.get("mp4:shown", "%dx%d" % (row["width"], row["height"])), "%dx%d" % tuple(shown))
    elif "Composite:ImageSize" in e:
        size = [int(v) for v in str(e["Composite:ImageSize"]).replace("x", " ").split()]
        check(path, "size", [row["width"], row["height"]], size)
    if "Composite:Rotation" in e and row["kind"] == "mp4":
        check(path, "orientation = Rotation", row["orientation"], {0: 1, 90: 6, 180: 3, 270: 8}[e["Composite:Rotation"]])
    # times
    taken = e.get("ExifIFD:DateTimeOriginal")
    if taken and taken.strip(" :0") and len(taken) >= 19:
        check(path, "taken_local", row.get("taken_local"), local(taken, e.get("ExifIFD:SubSecTimeOriginal")))
        check(path, "zone", row.get("zone"), e.get("ExifIFD:OffsetTimeOriginal"))
        if "ExifIFD:OffsetTimeOriginal" in e:
            text = "%s.%s%s" % (taken, e.get("ExifIFD:SubSecTimeOriginal") or "0", e["ExifIFD:OffsetTimeOriginal"])
            check(path, "taken_at = EXIF", row.get("taken_at"), moment(text))
    if "Samsung:TimeStamp" in e and "ExifIFD:OffsetTimeOriginal" not in e:
        check(path, "taken_at = Samsung", row.get("taken_at"), moment(e["Samsung:TimeStamp"]))
    if "Keys:CreationDate" in e:
        check(path, "taken_at = Keys", row.get("taken_at"), moment(e["Keys:CreationDate"]))
    elif row.get("taken_from") == "mvhd" or (row["kind"] == "mp4" and not row.get("taken_at")):
        created = e.get("QuickTime:CreateDate")
        check(path, "taken_at = mvhd", row.get("taken_at"), moment(created) if created and created[:4] > "0000" else None)
    if "Info:DateTimeOriginal" in e:
        check(path, "taken_at = DateUTC", row.get("taken_at"), moment(e["Info:DateTimeOriginal"]))
    # further properties
    for name, tag in (("iptc:By-line", "IPTC:By-line"), ("iptc:Caption", "IPTC:Caption-Abstract"), ("iptc:SpecialInstructions", "IPTC:SpecialInstructions"), ("exif:LensModel", "ExifIFD:LensModel"),
                      ("exif:ExposureTime", "ExifIFD:ExposureTime"), ("exif:FNumber", "ExifIFD:FNumber"), ("exif:FocalLength", "ExifIFD:FocalLength"), ("exif:UserComment", "ExifIFD:UserComment"),
                      ("xmp:CreatorTool", "XMP-xmp:CreatorTool"), ("xmpMM:DocumentID", "XMP-xmpMM:DocumentID"), ("xmpMM:InstanceID", "XMP-xmpMM:InstanceID"),
                      ("apple:ContentIdentifier", "Apple:ContentIdentifier"), ("mp4:brand", "QuickTime:MajorBrand"), ("gif:comment", "GIF:Comment"), ("matroska:MuxingApp", "Info:MuxingApp"),
                      ("com.android.version", "Keys:AndroidVersion"), ("com.android.capture.fps", "Keys:AndroidCaptureFPS"), ("exif:HostComputer", "IFD0:HostComputer")):
        if tag.startswith("IPTC") and row["kind"] == "png":
            continue  # packed there: not read
        if tag in e and e[tag] != "":
            want, got = e[tag], detail.get(name)
            if isinstance(want, (int, float)):
                if got is not None:
                    check(path, name, float(got), float(want))
                else:
                    check(path, name, got, want)
            else:
                check(path, name, plain(got), plain(want))


def run(*command):
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def others(folder):
    """Files that other programs write."""
    made = []
    for name in ("xmp.jpg", "all.png", "all.webp", "android.mp4", "iphone.mov", "all.heic"):
        to = os.path.join(folder, "exiftool_" + name)
        if run("exiftool", "-o", to, "-EXIF:Make=Muster", "-EXIF:Model=M-1", "-EXIF:DateTimeOriginal=2022:02:02 02:02:02", "-EXIF:SubSecTimeOriginal=25", "-EXIF:OffsetTimeOriginal=-05:30",
               "-EXIF:SerialNumber=4711", "-EXIF:GPSLatitude=48.137", "-EXIF:GPSLatitudeRef=N", "-EXIF:GPSLongitude=11.5755", "-EXIF:GPSLongitudeRef=E", "-EXIF:GPSAltitude=519.5",
               "-EXIF:GPSAltitudeRef=0", "-EXIF:GPSDateStamp=2022:02:02", "-EXIF:GPSTimeStamp=07:32:02.5", "-EXIF:UserComment=grüße", "-XMP:CreatorTool=Tool <1>", "-IPTC:By-line=Nobody",
               "-Keys:Make=Muster", "-Keys:Model=M-2", "-Keys:CreationDate=2022:02:02 02:02:02-05:30", "-Keys:GPSCoordinates=48.137 11.5755 519.5", "-QuickTime:CreateDate=2022:02:02 07:32:02",
               os.path.join(folder, name)):
            made.append(to)
    if shutil.which("ffmpeg"):
        source = ["ffmpeg", "-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc=size=64x48:rate=5:duration=1"]
        meta = ["-metadata", "creation_time=2021-05-06T07:08:09Z", "-metadata", "location=+48.1370+011.5755/", "-metadata", "make=Muster", "-metadata", "title=ü", "-metadata", "com.android.version=12"]
        for name, options in (("a.mp4", ["-c:v", "libx264"]), ("b.mov", ["-c:v", "mpeg4", "-movflags", "use_metadata_tags"]), ("c.webm", ["-c:v", "libvpx"]), ("d.3gp", ["-c:v", "mpeg4"]),
                              ("e.mp4", ["-c:v", "libx264", "-movflags", "frag_keyframe+empty_moov"]), ("f.mkv", ["-c:v", "mpeg4"]), ("g.gif", []), ("h.webp", ["-c:v", "libwebp"]),
                              ("i.jpg", ["-frames:v", "1"]), ("j.png", ["-frames:v", "1"])):
            to = os.path.join(folder, "ffmpeg_" + name)
            if run(*source, *meta, *options, "-y", to):
                made.append(to)
    return made


def main():
    tool = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        against_truth(tool, folder)
        if not shutil.which("exiftool"):
            print("skipped: no exiftool; compared with what was put in alone")
        else:
            # latin1.jpg has control characters, which exiftool leaves in and we do not
            paths = [os.path.join(folder, name) for name in sorted(make_media.TRUTH) if name != "latin1.jpg"] + others(folder)
            shared = os.path.join(os.environ.get("CUSTOS_SHARED") or os.path.join(os.environ.get("CUSTOS_SOURCE", "."), "..", "shared"), "data")
            if os.path.isdir(shared):
                for pattern in ("exif/**/*.jpg", "pdq/**/*.jpg", "pdq/**/*.png", "pdq/**/*.webp", "pdq/**/*.mp4"):
                    paths += sorted(glob.glob(os.path.join(shared, pattern), recursive=True))
            else:
                print("skipped: no shared real data")
            against_exiftool(tool, paths)
            print("%d files" % len(paths))
    total = sum(compared.values())
    print("%d fields of %d kinds compared" % (total, len(compared)))
    if os.environ.get("VERBOSE"):
        for field, count in sorted(compared.items()):
            print("%5d %s" % (count, field))
    print("%d passed, %d failed" % (total - len(failures), len(failures)))
    return 1 if failures or not total else 0


if __name__ == "__main__":
    sys.exit(main())
