FROM scratch AS base
COPY busybox /bin/busybox
RUN ["/bin/busybox", "--install", "-s", "/bin"]

FROM base AS made
RUN mkdir /made && echo one > /made/one.txt && echo two > /made/two.txt

FROM base
WORKDIR /out
RUN --mount=type=bind,source=words,target=/words cat /words/*.txt > words.txt
RUN --mount=type=bind,from=made,source=/made/one.txt,target=/one.txt cp /one.txt one.txt
RUN --mount=type=bind,from=made,source=/made,target=/made \
  --mount=type=cache,target=/cache \
  --mount=type=tmpfs,target=/scratch \
  cp /made/two.txt /cache/two.txt && cp /cache/two.txt two.txt
