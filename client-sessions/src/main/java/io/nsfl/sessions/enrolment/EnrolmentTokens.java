package io.nsfl.sessions.enrolment;

import io.nsfl.storage.document.CollectionSpec;
import io.nsfl.storage.document.Document;
import io.nsfl.storage.document.DocumentCollection;
import io.nsfl.storage.document.DocumentStore;
import io.nsfl.storage.document.DuplicateKeyException;
import io.nsfl.storage.document.UniqueKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tokens in the store's collection {@code enrolment_tokens}: only their digests, with the end of their life, the uses that are left and the
 * clients that used them. A use is taken away in one compare-and-set, so that it counts once however many selectors there are.
 */
final class EnrolmentTokens {
    private static final Logger LOG = LoggerFactory.getLogger(EnrolmentTokens.class);
    private static final long MOST_BYTES = 1 << 20;
    private static final int TRIES = 32;

    private final DocumentCollection collection;
    private final Optional<Path> file;

    EnrolmentTokens(DocumentStore store, Optional<Path> file) {
        collection = store.collection(CollectionSpec.of("enrolment_tokens", UniqueKey.of("token_sha256")));
        this.file = file;
    }

    void add(String digest, int uses, long expiresMs) {
        ObjectNode data = JsonNodeFactory.instance.objectNode();
        data.put("token_sha256", digest);
        data.put("uses_left", uses);
        data.put("expires_ms", expiresMs);
        data.putArray("clients");
        try {
            collection.insert(data);
        } catch (DuplicateKeyException known) {
            LOG.debug("An enrolment token is known already; its uses are not counted anew");
        }
    }

    /**
     * Takes one use away for this client; once it has, the same client and token need no other.
     *
     * @return why not; empty = the use is in the store
     */
    Optional<String> use(String token, String clientId, long nowMs) {
        String digest = PeerCertificate.sha256(token.strip().getBytes(StandardCharsets.UTF_8));
        Optional<Document> found = find(digest);
        if (found.isEmpty() && file.isPresent()) {
            readFile();
            found = find(digest);
        }
        for (int attempt = 0; attempt < TRIES; attempt++) {
            if (found.isEmpty() || !same(found.get().data(), digest)) {
                return Optional.of("its enrolment token is not known here");
            }
            ObjectNode data = found.get().data().deepCopy();
            if (usedBy(data, clientId)) {
                return Optional.empty();
            }
            if (data.path("expires_ms").asLong(0) <= nowMs) {
                return Optional.of("its enrolment token has expired");
            }
            int left = data.path("uses_left").asInt(0);
            if (left < 1) {
                return Optional.of("its enrolment token was used as often as it may be");
            }
            data.put("uses_left", left - 1);
            data.withArray("clients").add(clientId);
            if (collection.replace(found.get(), data).isPresent()) {
                return Optional.empty();
            }
            found = find(digest);
        }
        return Optional.of("its enrolment token is in use by many at this moment; it tries again");
    }

    private Optional<Document> find(String digest) {
        return collection.find(JsonNodeFactory.instance.objectNode().put("token_sha256", digest));
    }

    private static boolean same(JsonNode data, String digest) {
        return MessageDigest.isEqual(
                digest.getBytes(StandardCharsets.US_ASCII),
                data.path("token_sha256").asString("").getBytes(StandardCharsets.US_ASCII));
    }

    private static boolean usedBy(JsonNode data, String clientId) {
        for (JsonNode client : data.path("clients")) {
            if (client.asString("").equals(clientId)) {
                return true;
            }
        }
        return false;
    }

    /** The operator's own tokens; lines that are none are passed over with a word that does not repeat them. */
    private void readFile() {
        try {
            if (Files.size(file.get()) > MOST_BYTES) {
                throw new IOException("it is larger than 1 MiB");
            }
            int number = 0;
            for (String line : Files.readAllLines(file.get())) {
                number++;
                if (!line.isBlank() && !line.startsWith("#")) {
                    readLine(line.strip().split("\\s+"), number);
                }
            }
        } catch (IOException unreadable) {
            LOG.warn("The file of enrolment tokens {} cannot be read: {}", file.get(), unreadable.toString());
        }
    }

    private void readLine(String[] parts, int number) {
        try {
            if (parts.length == 3 && parts[0].matches("[0-9a-fA-F]{64}") && parts[1].matches("[1-9][0-9]{0,4}")) {
                add(
                        parts[0].toLowerCase(Locale.ROOT),
                        Integer.parseInt(parts[1]),
                        Instant.parse(parts[2]).toEpochMilli());
                return;
            }
        } catch (DateTimeParseException notAnInstant) {
            LOG.debug("Line {} names no instant", number);
        }
        LOG.warn(
                "Line {} of {} is no enrolment token: write the token's SHA-256 in hex, the number of its uses and the end"
                        + " of its life, for example 2027-01-31T00:00:00Z",
                number,
                file.get());
    }
}
