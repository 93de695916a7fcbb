import os, sys

os.makedirs(os.path.join(sys.argv[1], "system"))
with open(os.path.join(sys.argv[1], "system", "build.prop"), "wb") as f:
    f.write(b"# begin build properties\n"
            b"#ro.product.model=not this one\n"
            b"ro.build.version.release=13\r\n"
            b"ro.product.manufacturer=Example\n"
            + "ro.product.model=Téléphone 5=G\n".encode() +
            b"ro.build.fingerprint=example/e5/e5:13/TQ1A/1:user/release-keys\n"
            b"ro.product.locale=\n"
            b"ro.build.description\n"
            b"ro.serialno=EX0123456789\n"
            b"persist.sys.timezone=Europe/London\n"
            b"ro.build.id=\xff\xfe\n"
            b"dalvik.vm.heapsize=512m\n"
            b"ro.build.version.security_patch=2023-02-05")
