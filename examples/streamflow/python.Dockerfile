# Feast and MLflow, an image each: PART is the folder of this example that says what is installed and how it is served.
FROM python:3.11-slim
ARG PART
WORKDIR /app
COPY ${PART}/requirements.txt ${PART}/
RUN pip install --no-cache-dir --disable-pip-version-check -r ${PART}/requirements.txt
COPY with-password.sh ./
COPY ${PART} ${PART}
RUN chmod -R a+rX . && ln -s ${PART} part
# A volume that is mounted here belongs to its first owner.
RUN install -d -o 1000 -g 1000 /data
USER 1000:1000
ENV HOME=/tmp HOST=0.0.0.0
ENTRYPOINT ["sh", "with-password.sh"]
CMD ["sh", "part/serve.sh"]
