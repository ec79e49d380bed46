ARG PYTHON=3.13

FROM python:${PYTHON}-slim AS packages
ARG UV=0.13.9
# The heavy parts that come along; docs/deploy.md says what each is for. Empty for none.
ARG EXTRAS="--extra matching --extra listening --extra parquet --extra s3"
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_NO_CACHE=1 UV_PYTHON_DOWNLOADS=never
RUN pip install --no-cache-dir "uv==${UV}"
WORKDIR /srv/klatsch
COPY pyproject.toml ./
# Several words, or none.
# hadolint ignore=SC2086
RUN uv sync ${EXTRAS}

FROM python:${PYTHON}-slim
ENV KLATSCH_DATA_DIR=/data PATH="/srv/klatsch/.venv/bin:${PATH}" PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
RUN useradd --system --uid 10001 --create-home --home-dir /data klatsch
WORKDIR /srv/klatsch
COPY --from=packages /srv/klatsch/.venv .venv
COPY . .
RUN python -m compileall -q apps config
USER 10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=6s --start-period=30s CMD ["python", "-m", "config.launch.health"]
CMD ["granian", "--interface", "asginl", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "config.asgi:application"]
