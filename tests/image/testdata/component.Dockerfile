ARG PHALANX=ghcr.io/phalanx-php/phalanx
FROM ${PHALANX}-builder AS build
COPY . /src/words
RUN phalanx build --with example.com/words=/src/words --output /phalanx

FROM ${PHALANX}-runtime
COPY --from=build /phalanx /usr/local/bin/phalanx
COPY words.php /app/
