package io.nsfl.servicekit.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PeerHttpTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    private final PeerHttp http = PeerHttp.plain();
    private final CountDownLatch left = new CountDownLatch(1);
    private ServerSocket server;

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() throws IOException {
        http.close();
        server.close();
    }

    @Test
    void givesTheWholeAnswer() throws Exception {
        answers("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");

        HttpResponse<byte[]> answer = http.exchange(request(), LONG, 5);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).asString(StandardCharsets.US_ASCII).isEqualTo("hello");
    }

    @Test
    void doesNotWaitForABodyThatDoesNotEnd() throws Exception {
        answers("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello");

        assertThatThrownBy(() -> http.exchange(request(), Duration.ofMillis(200), 100))
                .isInstanceOf(HttpTimeoutException.class)
                .hasMessageContaining("200 ms");
        assertThat(left.await(60, TimeUnit.SECONDS))
                .as("the connection is given back")
                .isTrue();
    }

    @Test
    void doesNotReadABodyThatIsTooLarge() {
        answers("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello!");

        assertThatThrownBy(() -> http.exchange(request(), LONG, 5)).isInstanceOf(IOException.class);
    }

    private HttpRequest request() {
        return HttpRequest.newBuilder(http.uri("127.0.0.1:" + server.getLocalPort(), "/"))
                .build();
    }

    /** Once; the connection stays open until the other side leaves. */
    private void answers(String text) {
        Thread.ofVirtual().start(() -> {
            try (Socket socket = server.accept()) {
                OutputStream out = socket.getOutputStream();
                out.write(text.getBytes(StandardCharsets.US_ASCII));
                out.flush();
                while (socket.getInputStream().read() >= 0) {
                    // The request, and then nothing.
                }
                left.countDown();
            } catch (IOException gone) {
                left.countDown();
            }
        });
    }
}
