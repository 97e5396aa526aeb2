package io.nsfl.proxy.door;

import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.Headers;
import io.nsfl.protocol.ids.PeerStatement;
import io.nsfl.proxy.insight.Counters;
import io.nsfl.servicekit.security.InternalSecret;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Answers nginx's {@code auth_request}: 200 with where the stream goes and who comes, or 403 with the gRPC status that nginx tells the client.
 * All of it in headers; nginx.conf reads and writes the same names.
 */
@RestController
public final class DoorController {
    private static final Logger log = LoggerFactory.getLogger(DoorController.class);

    private final Door door;
    private final InternalSecret secret;
    private final Counters counters;

    public DoorController(Door door, InternalSecret secret, Counters counters) {
        this.door = door;
        this.secret = secret;
        this.counters = counters;
    }

    @GetMapping("/door")
    public ResponseEntity<Void> ask(HttpServletRequest request) {
        Question question = new Question(
                text(request, "door-path"),
                text(request, Headers.JOB),
                text(request, "door-client"),
                ClientCertificate.of(request.getHeader("door-certificate"), request.getHeader("door-verified")));
        try {
            Passage passage = door.judge(question);
            counters.passed(passage.service());
            return ResponseEntity.ok().headers(passing(passage, question)).build();
        } catch (FaultException refusal) {
            counters.refused(refusal.fault());
            log.debug("{} from {} is refused: {}", question.path(), question.client(), refusal.getMessage());
            return ResponseEntity.status(403).headers(refusing(refusal)).build();
        }
    }

    private HttpHeaders passing(Passage passage, Question question) {
        PeerStatement peer = new PeerStatement(
                question.client(),
                question.certificate()
                        .map(shown -> shown.getSubjectX500Principal().getName())
                        .orElse(""),
                question.certificate().map(ClientCertificate::keySha256).orElse(""));
        HttpHeaders headers = new HttpHeaders();
        headers.set("door-upstream", passage.upstream());
        headers.set("door-name", passage.name());
        headers.set(Headers.JOB, passage.job());
        headers.set(Headers.PEER, peer.signed(secret.bytes()));
        return headers;
    }

    private static HttpHeaders refusing(FaultException refusal) {
        HttpHeaders headers = new HttpHeaders();
        headers.set("door-status", Integer.toString(refusal.fault().grpcCode().value()));
        headers.set("door-message", percentEncoded(refusal.getMessage()));
        headers.set(Headers.FAULT, refusal.fault().name());
        refusal.retryAfter().ifPresent(wait -> headers.set(Headers.RETRY_AFTER_MS, Long.toString(wait.toMillis())));
        return headers;
    }

    /** As gRPC wants it in {@code grpc-message}. */
    static String percentEncoded(String message) {
        StringBuilder encoded = new StringBuilder();
        for (byte letter : message.getBytes(StandardCharsets.UTF_8)) {
            if (letter >= ' ' && letter <= '~' && letter != '%') {
                encoded.append((char) letter);
            } else {
                encoded.append("%%%02X".formatted(letter & 0xff));
            }
        }
        return encoded.toString();
    }

    private static String text(HttpServletRequest request, String header) {
        String value = request.getHeader(header);
        return value == null ? "" : value;
    }
}
