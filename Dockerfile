# The grader for `grade batch` and `grade ci`. It holds no course: mount yours.
#
#   docker build --tag grade .
#   docker run --rm --network none --user "$(id -u):$(id -g)" --volume "$PWD:/course" grade batch submissions.zip
#
# The cage needs Docker 23 or newer, whose rules for system calls know Landlock; `docker run --rm grade doctor` says what stands.
FROM python:3.13.13-slim-bookworm@sha256:355bfa66770995d7e9a0da4b3473b44d0cb451f6b56f5615ad9c39e3c4eca03f

RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends git libseccomp2 && rm -rf /var/lib/apt/lists/*

WORKDIR /usr/src/grade
COPY pyproject.toml requirements.lock README.md LICENSE ./
COPY grader ./grader
RUN python -m pip install --no-cache-dir --constraint requirements.lock --extra-index-url https://download.pytorch.org/whl/cpu ".[teacher]"

RUN useradd --uid 10001 --create-home grade
USER grade
WORKDIR /course
HEALTHCHECK --interval=5m --timeout=60s --start-period=60s CMD ["grade", "doctor"]
ENTRYPOINT ["grade"]
CMD ["--help"]
