package io.nsfl.servicekit.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;

/** What never reaches a controller, sent as raw bytes. */
class ContainerFaultsIT {
    private static ConfigurableApplicationContext service;

    @SpringBootConfiguration
    @EnableAutoConfiguration
    @Import(RestFaultConfiguration.class)
    static class Service {}

    @BeforeAll
    static void start() {
        service = new SpringApplicationBuilder(Service.class)
                .run(
                        "--server.port=0",
                        "--server.address=127.0.0.1",
                        "--spring.grpc.server.port=0",
                        "--spring.grpc.server.address=127.0.0.1");
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /%zz HTTP/1.1",
                "GET /a%2Fb HTTP/1.1",
                "GET /a%00b HTTP/1.1",
                "GET /a\\b HTTP/1.1",
                "GET /{x} HTTP/1.1",
                "GET /<x> HTTP/1.1",
                "GET /../../etc/passwd HTTP/1.1",
                "GET /x HTTP/9.9",
                "nonsense",
                "G(T /x HTTP/1.1",
                "TRACE /x HTTP/1.1",
                "GET /x HTTP/1.1\r\nTransfer-Encoding: rot13",
                "POST /x HTTP/1.1\r\nContent-Length: -1",
                "POST /x HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2",
                "GET /x HTTP/1.1\r\nHost: second",
                "GET /x HTTP/1.1\r\nX Y: z"
            })
    void answersInJsonWhatTheContainerRefuses(String head) throws IOException {
        assertRefused(head);
    }

    @ParameterizedTest
    @ValueSource(ints = {9_000, 20_000})
    void answersInJsonWhatIsTooLong(int length) throws IOException {
        assertRefused("GET /x HTTP/1.1\r\nX-Long: " + "x".repeat(length));
        assertRefused("GET /" + "x".repeat(length) + " HTTP/1.1");
    }

    private static void assertRefused(String head) throws IOException {
        String answer = send(head + "\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 4");
        assertThat(answer.toLowerCase(java.util.Locale.ROOT)).contains("content-type: application/json");
        assertThat(answer).contains("{\"state\":\"FAILED\",\"reason\":\"").doesNotContain("<html", "Apache");
    }

    private static String send(String request) throws IOException {
        int port = service.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) Duration.ofSeconds(60).toMillis());
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
