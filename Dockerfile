FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json ./
COPY mock mock
COPY src src
COPY web web
RUN npm run build && mv dist/mock /mock

# A stand-in for a target, used by compose.yaml and no part of the image below.
FROM node:24-slim AS mock
WORKDIR /mock
COPY package.json ./
COPY --from=build /mock ./
ENV MOCK_HOST=0.0.0.0
USER node
EXPOSE 9000
CMD ["node", "http-target.js", "9000"]

FROM node:24-slim
WORKDIR /app
ENV NODE_ENV=production
COPY package.json package-lock.json ./
RUN npm ci --omit=dev && npm cache clean --force
COPY --from=build /app/dist dist
# The management listener stays on the container's loopback unless MANAGEMENT_HOST says otherwise.
ENV MANAGEMENT_PORT=8081
USER node
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["node", "-e", \
  "const { MANAGEMENT_PORT: port, MANAGEMENT_TLS_CERT: cert } = process.env; process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'; \
fetch((cert ? 'https' : 'http') + '://127.0.0.1:' + port + '/readyz').then(({ ok }) => process.exit(ok ? 0 : 1))"]
CMD ["node", "--max-semi-space-size=4", "--no-parallel-scavenge", "dist/app.js"]
