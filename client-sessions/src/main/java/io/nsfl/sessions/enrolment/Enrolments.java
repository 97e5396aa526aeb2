package io.nsfl.sessions.enrolment;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.storage.document.CollectionSpec;
import io.nsfl.storage.document.Document;
import io.nsfl.storage.document.DocumentCollection;
import io.nsfl.storage.document.DocumentStore;
import io.nsfl.storage.document.DuplicateKeyException;
import io.nsfl.storage.document.UniqueKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Decides whether a client that has proved its key is taken in, and remembers it in the store's collection {@code enrolments} before it is
 * believed. Calls block for the store. Safe from any thread.
 */
public final class Enrolments {
    private static final Logger LOG = LoggerFactory.getLogger(Enrolments.class);
    private static final int TOKEN_BYTES = 32;
    private static final int LONGEST_TOKEN = 512;

    private final EnrolmentMode mode;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final DocumentCollection collection;
    private final EnrolmentTokens tokens;

    /**
     * A new token.
     *
     * @param text what a client presents; told once
     */
    public record NewToken(String text, long expiresMs) {
        @Override
        public String toString() {
            return "NewToken(******, " + expiresMs + ")";
        }
    }

    /** @param random cryptographically strong */
    public Enrolments(EnrolmentSettings settings, DocumentStore store, InstantSource clock, RandomGenerator random) {
        mode = settings.mode();
        this.clock = clock;
        this.random = random;
        collection =
                store.collection(CollectionSpec.of("enrolments", UniqueKey.of("client_id"), UniqueKey.of("bound_to")));
        tokens = new EnrolmentTokens(store, settings.tokensFile());
    }

    /** Whether every client is taken in. */
    public boolean open() {
        return mode == EnrolmentMode.OPEN;
    }

    /**
     * Returns if the client is taken in.
     *
     * @param token as presented; may be empty
     * @throws FaultException UNAUTHENTICATED, with what the client's operator can do; DATABASE_UNAVAILABLE
     */
    public void require(String clientId, String token, Optional<PeerCertificate> certificate) {
        switch (mode) {
            case OPEN -> {}
            case TOKEN -> requireToken(clientId, token);
            case CERTIFICATE -> requireCertificate(clientId, certificate);
        }
    }

    private void requireToken(String clientId, String token) {
        Optional<Document> known = find("client_id", clientId);
        boolean revoked = known.map(Enrolments::revoked).orElse(false);
        if (known.isPresent() && !revoked) {
            return;
        }
        if (token.isEmpty() || token.length() > LONGEST_TOKEN) {
            throw refused(clientId, revoked ? "its enrolment was revoked" : "it presents no enrolment token");
        }
        tokens.use(token, clientId, clock.millis()).ifPresent(why -> {
            throw refused(clientId, why);
        });
        if (revoked && revokedWith(known.get(), token)) {
            throw refused(clientId, "its enrolment was revoked, with the token that it presents");
        }
        ObjectNode enrolment = enrolment(clientId, "token/" + clientId);
        enrolment.put("token_sha256", digest(token));
        save(known, enrolment);
    }

    private static FaultException refused(String clientId, String why) {
        return new FaultException(
                Fault.UNAUTHENTICATED,
                "Client " + clientId + " is not enrolled here: " + why
                        + ". Ask the server's operator for an enrolment token, write it into a file that only this client's"
                        + " user may read, and name the file as enrolment_token_file in the client's setup.");
    }

    private static boolean revokedWith(Document known, String token) {
        return known.data().path("token_sha256").asString("").equals(digest(token));
    }

    private static String digest(String token) {
        return PeerCertificate.sha256(token.strip().getBytes(StandardCharsets.UTF_8));
    }

    private void requireCertificate(String clientId, Optional<PeerCertificate> shown) {
        PeerCertificate certificate = shown.orElseThrow(
                () -> new FaultException(
                        Fault.UNAUTHENTICATED,
                        "Client " + clientId
                                + " is not enrolled here: its connection shows no certificate of this server's"
                                + " authority. Name a directory with tls.crt, tls.key and ca.crt as ssl in the client's setup."));
        String bound =
                certificate.subject().isEmpty() ? "key/" + certificate.keySha256() : "subject/" + certificate.subject();
        Optional<Document> known = find("client_id", clientId);
        if (known.map(Enrolments::revoked).orElse(false)) {
            throw new FaultException(
                    Fault.UNAUTHENTICATED,
                    "The enrolment of client " + clientId + " was revoked: ask the server's operator.");
        }
        if (known.isEmpty()) {
            ObjectNode enrolment = enrolment(clientId, bound);
            enrolment.put("key_sha256", certificate.keySha256());
            save(known, enrolment);
            known = find("client_id", clientId);
        }
        boolean sameKey = known.map(
                        document -> document.data().path("key_sha256").asString(""))
                .filter(certificate.keySha256()::equals)
                .isPresent();
        boolean sameName = known.map(
                        document -> document.data().path("bound_to").asString(""))
                .filter(bound::equals)
                .isPresent();
        if (!sameKey && !sameName) {
            throw new FaultException(
                    Fault.UNAUTHENTICATED,
                    "The certificate " + bound + " and client " + clientId
                            + " are not bound to each other: each is bound"
                            + " to one other at its first registration. Use the client's own certificate and the store"
                            + " (lmdb_path) that holds its key, or ask the server's operator to revoke the old one.");
        }
    }

    private ObjectNode enrolment(String clientId, String bound) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("client_id", clientId)
                .put("bound_to", bound)
                .put("enrolled_ms", clock.millis());
    }

    private void save(Optional<Document> known, ObjectNode enrolment) {
        if (known.isPresent()) {
            collection.replace(known.get(), enrolment);
        } else {
            try {
                collection.insert(enrolment);
            } catch (DuplicateKeyException first) {
                LOG.debug("An enrolment was there before");
            }
        }
        LOG.info("Client {} is enrolled", enrolment.path("client_id").asString());
    }

    /** Makes a token for so many clients. */
    public NewToken issue(int uses, Duration lifetime) {
        byte[] bytes = new byte[TOKEN_BYTES];
        synchronized (random) {
            random.nextBytes(bytes);
        }
        String text = HexFormat.of().formatHex(bytes);
        long expiresMs = clock.millis() + lifetime.toMillis();
        tokens.add(digest(text), uses, expiresMs);
        return new NewToken(text, expiresMs);
    }

    /** The client is not taken in any more; its certificate may be bound to another. @throws FaultException CLIENT_UNKNOWN */
    public void revoke(String clientId) {
        Document known = find("client_id", clientId)
                .orElseThrow(() -> new FaultException(
                        Fault.CLIENT_UNKNOWN, "Client " + clientId + " was never enrolled; nothing is revoked."));
        ObjectNode data = known.data().deepCopy();
        data.put("revoked", true);
        data.put("bound_to", "revoked/" + clientId);
        if (collection.replace(known, data).isEmpty()) {
            throw new FaultException(
                    Fault.STALE, "The enrolment of client " + clientId + " changed at this moment; revoke it again.");
        }
        LOG.info("The enrolment of client {} is revoked", clientId);
    }

    private Optional<Document> find(String key, String value) {
        return collection.find(JsonNodeFactory.instance.objectNode().put(key, value));
    }

    private static boolean revoked(Document document) {
        return document.data().path("revoked").asBoolean(false);
    }
}
