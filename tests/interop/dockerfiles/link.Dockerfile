FROM scratch AS base
COPY busybox /bin/busybox
RUN ["/bin/busybox", "--install", "-s", "/bin"]

FROM base AS left
RUN echo left > /left.txt

FROM base AS right
RUN echo right > /right.txt

FROM base
COPY --link words/a.txt /a.txt
COPY --link --from=left /left.txt /merged/
COPY --link --from=right /right.txt /merged/
RUN cat /merged/left.txt /merged/right.txt > /merged/both.txt
COPY --link words/a.txt /again/a.txt
