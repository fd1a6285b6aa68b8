# flytec alone, as a static binary: docker build -t flytec . && docker run --rm -v "$PWD:/work" flytec check
FROM rust:1.89-alpine AS build
RUN apk add --no-cache musl-dev
WORKDIR /source
COPY Cargo.toml Cargo.lock ./
COPY benches benches
COPY docs docs
COPY grammar grammar
COPY src src
COPY tests tests
RUN cargo build --release --locked --bin flytec

FROM scratch
COPY --from=build /source/target/release/flytec /flytec
# Nobody in particular; `--user` makes what is written the caller's.
USER 65532:65532
WORKDIR /work
ENTRYPOINT ["/flytec"]
CMD ["help"]
