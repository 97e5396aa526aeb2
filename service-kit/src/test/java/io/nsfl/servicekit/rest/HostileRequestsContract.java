package io.nsfl.servicekit.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Malformed and hostile requests, written byte by byte to a real server: each is refused in words, and nothing comes of it. */
public interface HostileRequestsContract {
    /** What is sent. */
    List<RawRequest> requests();

    /** Where the server listens. */
    int port();

    /** All that a request might change. */
    String state();

    @TestFactory
    default Stream<DynamicTest> isRefusedInWordsAndChangesNothing() {
        String before = state();
        return requests().stream()
                .map(request -> DynamicTest.dynamicTest(request.what(), () -> {
                    request.isRefusedInWords(port());
                    assertThat(state()).isEqualTo(before);
                }));
    }

    @Test
    default void areTwoHundred() {
        assertThat(requests()).hasSizeGreaterThanOrEqualTo(200);
    }

    /** Texts that are not one JSON object with a text in this field. */
    static List<String> bodies(String field) {
        return Stream.of(
                        "",
                        " ",
                        "null",
                        "1",
                        "true",
                        "\"F\"",
                        "[]",
                        "[{}]",
                        "{",
                        "}",
                        "{}{}",
                        "{} x",
                        "{\"F\"}",
                        "{\"F\":}",
                        "{F:\"x\"}",
                        "{'F':'x'}",
                        "{\"F\":\"x\",\"F\":\"y\"}",
                        "{\"F\":\"x\" \"runtime\":\"tf\"}",
                        "{\"F\":NaN}",
                        "{\"F\":Infinity}",
                        "{\"a\":".repeat(2000) + "1" + "}".repeat(2000),
                        "[".repeat(60_000),
                        "{\"F\":\"\\ud800\"}",
                        "{\"F\":\"\\u0000\"}",
                        "{\"F\":\"\\x\"}",
                        "{\"F\":\"a\u0001b\"}",
                        "<F/>",
                        "F=x&runtime=tf")
                .map(text -> text.replace("F", field))
                .toList();
    }

    /** Posts that no encoding, no coding and no version of HTTP allows. */
    static List<RawRequest> posts(String target) {
        byte[] noText = {'{', '"', (byte) 0xff, (byte) 0xfe, '"', ':', '1', '}'};
        byte[] overlong = {'{', '"', (byte) 0xc0, (byte) 0xaf, '"', ':', '1', '}'};
        String head = "POST " + target + " HTTP/1.1\r\nHost: x\r\n";
        return List.of(
                RawRequest.of("not UTF-8", "POST", target, "", noText),
                RawRequest.of("overlong UTF-8", "POST", target, "", overlong),
                RawRequest.of("UTF-16", "POST", target, "", "{\"a\":1}".getBytes(StandardCharsets.UTF_16)),
                RawRequest.of(
                        "a form without a boundary", "POST", target, "Content-Type: multipart/form-data\r\n", "{"),
                RawRequest.of("compressed", "POST", target, "Content-Encoding: gzip\r\n", "\u001f\u008b nonsense"),
                RawRequest.literally("two lengths", head + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} "),
                RawRequest.literally("negative length", head + "Content-Length: -1\r\n\r\n"),
                RawRequest.literally("unknown coding", head + "Transfer-Encoding: nonsense\r\n\r\n{}"));
    }
}
