FROM scratch AS base
COPY busybox /bin/busybox
RUN ["/bin/busybox", "--install", "-s", "/bin"]

FROM base AS words
COPY words /src
RUN sort /src/*.txt > /words.txt

FROM base AS numbers
ARG COUNT=1000
RUN seq ${COUNT} > /numbers.txt

FROM base AS archive
COPY --from=words /words.txt /data/
COPY --from=numbers /numbers.txt /data/
RUN cat /data/words.txt /data/numbers.txt > /data/all.txt && chmod 600 /data/all.txt

FROM scratch
COPY --from=archive /data /data
COPY ["words/a.txt", "/data/<first> & \"only\".txt"]
WORKDIR /data
LABEL title="several stages"
