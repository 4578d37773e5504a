# scrum-bot, for a PostgreSQL of your own.
#
#   docker build -t scrum-bot .
#   docker run --rm --env-file .env scrum-bot python -m bot db upgrade     # at every new version, before the next line
#   docker run --env-file .env -p 8080:8080 scrum-bot
#
# Migrations are a step of their own: several containers may start at once, and none of them should change tables.
# A container refuses to start on a database of another revision, and says what to run.

FROM python:3.13-slim AS packages
RUN python -m venv /venv
COPY requirements.txt .
# Wheels only, as the requirements have them: there is no compiler in this image, and none is needed.
RUN /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.txt

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /srv/scrum-bot scrum-bot \
    && install -d -o scrum-bot -g scrum-bot /srv/scrum-bot /var/lib/scrum-bot
COPY --from=packages /venv /venv
WORKDIR /srv/scrum-bot
COPY pyproject.toml LICENSE ./
COPY alembic alembic
COPY bot bot
# In a container the port is open to whoever publishes it, and the data belongs on a volume.
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOST=0.0.0.0 DATA_DIR=/var/lib/scrum-bot LOG_FORMAT=json
USER scrum-bot
VOLUME /var/lib/scrum-bot
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f\"http://127.0.0.1:{os.environ.get('PORT', '8080')}/healthz\", timeout=4)"]
CMD ["python", "-m", "bot", "run"]
