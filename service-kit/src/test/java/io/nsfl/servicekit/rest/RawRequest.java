package io.nsfl.servicekit.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.protocol.job.JobJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import tools.jackson.databind.node.ObjectNode;

/**
 * A request as it goes over the line, byte by byte: nothing in between corrects what is malformed in it.
 *
 * @param what told about it, short
 */
public record RawRequest(String what, byte[] bytes) {
    private static final int PATIENCE_MILLIS = 30_000;

    /** What came back. */
    public record Answer(int status, String body) {}

    public static RawRequest of(String what, String method, String target, String body) {
        return of(what, method, target, "", body);
    }

    /** @param headers each with its line end */
    public static RawRequest of(String what, String method, String target, String headers, String body) {
        return of(what, method, target, headers, body.getBytes(StandardCharsets.UTF_8));
    }

    public static RawRequest of(String what, String method, String target, String headers, byte[] body) {
        byte[] head = ("%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: %d\r\n%s\r\n"
                        .formatted(method, target, body.length, headers))
                .getBytes(StandardCharsets.UTF_8);
        byte[] all = new byte[head.length + body.length];
        System.arraycopy(head, 0, all, 0, head.length);
        System.arraycopy(body, 0, all, head.length, body.length);
        return new RawRequest(what, all);
    }

    /** All of it as written: head, empty line and body. */
    public static RawRequest literally(String what, String text) {
        return new RawRequest(what, text.getBytes(StandardCharsets.UTF_8));
    }

    /** A text short enough to be a test's name. */
    public static String brief(String text) {
        return text.length() > 60 ? text.substring(0, 60) + "… (" + text.length() + ")" : text;
    }

    /** Sends it to a server on this machine. */
    public Answer exchange(int port) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            OutputStream out = socket.getOutputStream();
            try {
                out.write(bytes);
                out.flush();
            } catch (IOException refusedBeforeItsEnd) {
                // What was refused can be read all the same.
            }
            return answer(socket.getInputStream());
        }
    }

    /** Sends it and holds that it is refused as every service refuses: a 4xx with one sentence for a person. */
    public void isRefusedInWords(int port) throws IOException {
        Answer answer = exchange(port);
        assertThat(answer.status()).as(answer.body()).isBetween(400, 499);
        ObjectNode fault = (ObjectNode) JobJson.mapper().readTree(answer.body());
        assertThat(fault.path("state").asString("")).isEqualTo("FAILED");
        assertThat(fault.path("reason").asString(""))
                .contains(" ")
                .endsWith(".")
                .doesNotContain("Exception", "tools.jackson", "java.");
    }

    private static Answer answer(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("The answer ends in its head: " + head);
            }
            head.append((char) next);
        }
        int length = head.toString()
                .lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length:"))
                .mapToInt(line -> Integer.parseInt(line.substring(15).strip()))
                .findFirst()
                .orElse(0);
        String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        return new Answer(Integer.parseInt(head.substring(9, 12)), body);
    }
}
