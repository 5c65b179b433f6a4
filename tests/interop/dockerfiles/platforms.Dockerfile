FROM scratch AS files
ARG TARGETARCH
COPY words/a.txt /a.txt
COPY words/b.txt /only-${TARGETARCH}.txt

FROM scratch
COPY --from=files / /
COPY words/c.txt /c.txt
