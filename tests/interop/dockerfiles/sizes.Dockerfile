FROM scratch
COPY busybox /bin/busybox
COPY sizes/0 /sizes/
RUN ["/bin/busybox", "true"]
COPY sizes/1 /sizes/
COPY sizes/65536 /sizes/
COPY sizes/8388608 /sizes/
COPY sizes/100000000 /sizes/
RUN ["/bin/busybox", "cp", "/sizes/65536", "/sizes/copy"]
