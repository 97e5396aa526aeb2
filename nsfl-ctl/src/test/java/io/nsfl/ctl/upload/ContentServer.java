package io.nsfl.ctl.upload;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.nsfl.protocol.job.JobJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/** One model's bytes over REST, as the manager of models serves them: appended by ranges, kept as far as they came. */
final class ContentServer implements AutoCloseable {
    private static final Pattern RANGE = Pattern.compile("bytes[ =](\\d+)-(\\d+)(?:/(\\d+))?");

    private final HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    private final List<String> reports = new CopyOnWriteArrayList<>();
    private byte[] content = new byte[0];
    private boolean whole;

    ContentServer() throws IOException {
        server.setExecutor(workers);
        server.createContext("/", exchange -> {
            try (exchange) {
                if (exchange.getRequestURI().getPath().endsWith("/content")) {
                    content(exchange);
                } else {
                    reports.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
                    answer(
                            exchange,
                            200,
                            detail().put("state", whole ? "ready" : "uploading")
                                    .toString()
                                    .getBytes(StandardCharsets.UTF_8));
                }
            }
        });
        server.start();
    }

    static ObjectNode detail() {
        ObjectNode detail = JobJson.newObject();
        detail.put("namespace", "default").put("name", "m").put("id", "default-m-V0");
        detail.putObject("version_info").put("version", "V0");
        detail.putArray("storage_info").add("models").add("/default/m/V0/model.h5");
        return detail;
    }

    int port() {
        return server.getAddress().getPort();
    }

    synchronized byte[] content() {
        return content;
    }

    synchronized void hold(byte[] bytes) {
        content = bytes;
        whole = true;
    }

    String reports() {
        return reports.toString();
    }

    private void content(HttpExchange exchange) throws IOException {
        switch (exchange.getRequestMethod()) {
            case "HEAD" -> head(exchange);
            case "PUT" -> put(exchange);
            default -> {
                Matcher range = matched(exchange.getRequestHeaders().getFirst("Range"));
                int from = Integer.parseInt(range.group(1));
                int to = Math.min(Integer.parseInt(range.group(2)) + 1, content().length);
                answer(exchange, 206, Arrays.copyOfRange(content(), from, to));
            }
        }
    }

    private synchronized void head(HttpExchange exchange) throws IOException {
        if (whole) {
            exchange.getResponseHeaders().add("ETag", "\"" + sha256() + "\"");
            exchange.getResponseHeaders().add("Content-Length", String.valueOf(content.length));
        } else {
            exchange.getResponseHeaders().add("Upload-Offset", String.valueOf(content.length));
        }
        exchange.sendResponseHeaders(whole ? 200 : 409, -1);
    }

    private void put(HttpExchange exchange) throws IOException {
        Matcher range = matched(exchange.getRequestHeaders().getFirst("Content-Range"));
        ByteArrayOutputStream arrived = new ByteArrayOutputStream();
        try (InputStream in = exchange.getRequestBody()) {
            in.transferTo(arrived);
        } finally {
            append(Integer.parseInt(range.group(1)), arrived.toByteArray(), Long.parseLong(range.group(3)));
        }
        answer(exchange, 200, "{}".getBytes(StandardCharsets.UTF_8));
    }

    private synchronized void append(int from, byte[] bytes, long total) {
        if (from == content.length) {
            byte[] longer = Arrays.copyOf(content, from + bytes.length);
            System.arraycopy(bytes, 0, longer, from, bytes.length);
            content = longer;
            whole = longer.length == total;
        }
    }

    private static Matcher matched(String header) {
        Matcher range = RANGE.matcher(header);
        if (!range.matches()) {
            throw new IllegalArgumentException(header);
        }
        return range;
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    private String sha256() {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        workers.shutdownNow();
    }
}
