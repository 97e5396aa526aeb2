package io.nsfl.sessions.enrolment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.storage.document.CollectionSpec;
import io.nsfl.storage.document.DocumentStore;
import io.nsfl.storage.document.Query;
import io.nsfl.storage.document.UniqueKey;
import io.nsfl.storage.document.memory.MemoryDocumentStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnrolmentsTest {
    private static final PeerCertificate SITE_A = new PeerCertificate("CN=site-a", "aa");
    private static final PeerCertificate SITE_B = new PeerCertificate("CN=site-b", "bb");

    private final DocumentStore store = new MemoryDocumentStore();
    private Instant now = Instant.parse("2027-01-01T00:00:00Z");

    private Enrolments enrolments(EnrolmentMode mode, Optional<Path> file) {
        return new Enrolments(new EnrolmentSettings(mode, file), store, () -> now, new SplittableRandom(1));
    }

    private static void assertRefused(Runnable registration, String why) {
        assertThatThrownBy(registration::run)
                .isInstanceOfSatisfying(
                        FaultException.class,
                        refused -> assertThat(refused.fault()).isEqualTo(Fault.UNAUTHENTICATED))
                .hasMessageContaining(why);
    }

    @Test
    void aTokenLetsOneClientInAndNoOther() {
        Enrolments enrolments = enrolments(EnrolmentMode.TOKEN, Optional.empty());
        String token = enrolments.issue(1, Duration.ofHours(1)).text();

        enrolments.require("c-1", token, Optional.empty());

        assertRefused(() -> enrolments.require("c-2", token, Optional.empty()), "used as often as it may be");
    }

    @Test
    void anEnrolledClientNeedsNoTokenAnyMoreNotEvenAfterARestart() {
        Enrolments before = enrolments(EnrolmentMode.TOKEN, Optional.empty());
        before.require("c-1", before.issue(1, Duration.ofHours(1)).text(), Optional.empty());

        Enrolments after = enrolments(EnrolmentMode.TOKEN, Optional.empty());

        assertThatCode(() -> after.require("c-1", "", Optional.empty())).doesNotThrowAnyException();
    }

    @Test
    void aClientWithoutATokenIsToldHowToGetIn() {
        Enrolments enrolments = enrolments(EnrolmentMode.TOKEN, Optional.empty());

        assertRefused(() -> enrolments.require("c-1", "", Optional.empty()), "enrolment_token_file");
        assertRefused(() -> enrolments.require("c-1", "guess", Optional.empty()), "not known here");
    }

    @Test
    void aTokenIsVoidAfterItsLife() {
        Enrolments enrolments = enrolments(EnrolmentMode.TOKEN, Optional.empty());
        String token = enrolments.issue(1, Duration.ofHours(1)).text();
        now = now.plus(Duration.ofHours(1));

        assertRefused(() -> enrolments.require("c-1", token, Optional.empty()), "has expired");
    }

    @Test
    void theStoreHoldsNoToken() {
        Enrolments enrolments = enrolments(EnrolmentMode.TOKEN, Optional.empty());
        String token = enrolments.issue(2, Duration.ofHours(1)).text();
        enrolments.require("c-1", token, Optional.empty());

        for (String name : new String[] {"enrolment_tokens", "enrolments"}) {
            UniqueKey key = UniqueKey.of(name.equals("enrolments") ? "client_id" : "token_sha256");
            assertThat(store.collection(CollectionSpec.of(name, key)).query(Query.all()))
                    .isNotEmpty()
                    .noneMatch(document -> document.data().toString().contains(token));
        }
    }

    @Test
    void aRevokedClientComesBackWithANewTokenOnly() {
        Enrolments enrolments = enrolments(EnrolmentMode.TOKEN, Optional.empty());
        String token = enrolments.issue(5, Duration.ofHours(1)).text();
        enrolments.require("c-1", token, Optional.empty());

        enrolments.revoke("c-1");

        assertRefused(() -> enrolments.require("c-1", "", Optional.empty()), "revoked");
        assertRefused(() -> enrolments.require("c-1", token, Optional.empty()), "revoked");
        String fresh = enrolments.issue(1, Duration.ofHours(1)).text();
        assertThatCode(() -> enrolments.require("c-1", fresh, Optional.empty())).doesNotThrowAnyException();
    }

    @Test
    void theOperatorsFileMakesTokensToo(@TempDir Path directory) throws IOException {
        String digest = PeerCertificate.sha256("made by hand".getBytes(StandardCharsets.UTF_8));
        Path file = Files.writeString(
                directory.resolve("tokens"), "# ours\nnonsense\n" + digest + " 1 2027-01-02T00:00:00Z\n");
        Enrolments enrolments = enrolments(EnrolmentMode.TOKEN, Optional.of(file));

        assertThatCode(() -> enrolments.require("c-1", "made by hand\n", Optional.empty()))
                .doesNotThrowAnyException();
        assertRefused(() -> enrolments.require("c-2", "made by hand", Optional.empty()), "used as often");
    }

    @Test
    void aCertificateIsBoundToTheFirstClientThatShowsIt() {
        Enrolments enrolments = enrolments(EnrolmentMode.CERTIFICATE, Optional.empty());

        enrolments.require("c-1", "", Optional.of(SITE_A));

        assertRefused(() -> enrolments.require("c-2", "", Optional.of(SITE_A)), "not bound to each other");
        assertRefused(() -> enrolments.require("c-1", "", Optional.of(SITE_B)), "not bound to each other");
        assertRefused(() -> enrolments.require("c-1", "", Optional.empty()), "shows no certificate");
    }

    @Test
    void aRenewedCertificateOfTheSameSubjectIsTheSameClients() {
        Enrolments enrolments = enrolments(EnrolmentMode.CERTIFICATE, Optional.empty());
        enrolments.require("c-1", "", Optional.of(SITE_A));

        assertThatCode(() -> enrolments.require("c-1", "", Optional.of(new PeerCertificate("CN=site-a", "new"))))
                .doesNotThrowAnyException();
    }
}
