# The symptom diary in a container. Built by `docker compose up`; see docs/running.md.
FROM python:3.12-slim AS build
WORKDIR /app
COPY requirements/run.lock requirements/run.lock
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements/run.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot bot

FROM python:3.12-slim
# A user of its own without a shell, and a place for the data that only it may read.
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin diary \
    && install -d -o diary -g diary -m 700 /data
COPY --from=build /venv /venv
COPY --from=build /app /app
ENV PATH=/venv/bin:$PATH \
    PYTHONPATH=/app \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DATABASE_URL=sqlite+aiosqlite:////data/diary.db \
    STATUS_PORT=9100
WORKDIR /data
USER diary
VOLUME /data
STOPSIGNAL SIGTERM
# Alive, not ready: a network that is away gets no better by a new start.
HEALTHCHECK --interval=1m --timeout=10s --start-period=2m --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9100/healthz', timeout=8)"]
ENTRYPOINT ["python", "-m", "bot"]
CMD ["run"]
