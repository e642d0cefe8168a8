# The service. Data (token, caches, and the embedded graph when no Neo4j is named) lies in /data.
FROM python:3.13-slim AS build
RUN pip install --no-cache-dir 'uv>=0.9'
WORKDIR /src
COPY pyproject.toml README.md ./
COPY kg kg
COPY api api
# The CPU build of torch where its index can be reached: the default Linux build is 5 GB.
RUN uv venv /opt/symbiograph \
 && (UV_HTTP_RETRIES=0 uv pip install --python /opt/symbiograph --torch-backend=cpu . \
     || uv pip install --python /opt/symbiograph .)

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /data symbiograph \
 && install -d -o symbiograph -g symbiograph -m 0700 /data
COPY --from=build /opt/symbiograph /opt/symbiograph
ENV PATH=/opt/symbiograph/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    SYMBIOGRAPH_DATA=/data
USER symbiograph
VOLUME /data
EXPOSE 8745
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD \
  ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8745/healthz', timeout=4)"]
ENTRYPOINT ["symbiograph"]
CMD ["serve"]
