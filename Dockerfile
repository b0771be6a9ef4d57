# Two stages: the first installs the hashed wheels, the second has no installer in it.
FROM python:3.11-slim-bookworm AS build
# `scale` holds what a PostgreSQL store needs as well.
ARG LOCK=run
WORKDIR /build
COPY requirements/boot.lock requirements/${LOCK}.lock requirements/
RUN pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements/boot.lock \
 && uv venv /opt/monitor \
 && uv pip install --python /opt/monitor/bin/python --require-hashes --no-build --compile-bytecode -r requirements/${LOCK}.lock
COPY monitor /opt/monitor/package/monitor
COPY tools/link_package.py /opt/monitor/package/tools/
# Compiled and read here for good: what runs may write nothing there, and would do all of it at each start.
RUN /opt/monitor/bin/python /opt/monitor/package/tools/link_package.py /opt/monitor \
 && /opt/monitor/bin/python -m compileall -q --invalidation-mode unchecked-hash /opt/monitor/package/monitor \
 && /opt/monitor/bin/python -c "from monitor import app; app.load_lexicon(); app.load_fact_reader(app.GroupPolicy())"

FROM python:3.11-slim-bookworm
LABEL org.opencontainers.image.title="News Monitor" org.opencontainers.image.licenses="Apache-2.0"
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin monitor \
 && mkdir -p /app/config /app/seeds /app/storage && chown monitor:monitor /app/storage
COPY --from=build /opt/monitor /opt/monitor
COPY config /app/config
COPY seeds /app/seeds
WORKDIR /app
USER 10001:10001
ENV PATH=/opt/monitor/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 MONITOR_CONFIG=/app/config
VOLUME /app/storage
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["monitor", "healthcheck"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["monitor"]
CMD ["run"]
