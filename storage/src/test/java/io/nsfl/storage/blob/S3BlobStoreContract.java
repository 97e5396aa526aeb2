package io.nsfl.storage.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.storage.blob.s3.S3BlobStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What the store promises on every S3 server. */
interface S3BlobStoreContract extends BlobStoreContract {
    String USER = "user";
    String PASSWORD = "password";

    /** Of a server that knows {@link #USER} with {@link #PASSWORD}. */
    URI endpoint();

    default BlobSettings.S3 settings(String user, String password) {
        return new BlobSettings.S3(endpoint(), user, password, Optional.empty());
    }

    @Test
    default void copiesInStepsWhatIsTooLargeForOne() throws IOException {
        byte[] content = new byte[(12 << 20) + 1];
        new SplittableRandom(5).nextBytes(content);
        store().put("work/large", new ByteArrayInputStream(content));

        try (BlobStore stepping = S3BlobStore.open(settings(USER, PASSWORD), 6 << 20)) {
            Blob copy = stepping.copy("work/large", "work/copy of it/large");

            assertThat(copy.size()).isEqualTo(content.length);
            try (InputStream copied = store().open("work/copy of it/large")) {
                assertThat(Arrays.equals(copied.readAllBytes(), content)).isTrue();
            }
            assertThat(stepping.copy("work/large", "work/large").size()).isEqualTo(content.length);
        }
    }

    @Test
    default void saysWhichSettingIsRefused() {
        try (BlobStore stranger = S3BlobStore.open(settings("stranger", PASSWORD));
                BlobStore forgetful = S3BlobStore.open(settings(USER, "other"))) {
            refused(Fault.CONFIGURATION_INVALID, "refuses the user stranger", () -> stranger.list("work"));
            refused(Fault.CONFIGURATION_INVALID, "check ACCESS_KEY and SECRET_KEY", () -> forgetful.list("work"));
            refused(
                    Fault.CONFIGURATION_INVALID,
                    "check ACCESS_KEY and SECRET_KEY",
                    () -> forgetful.put("work/f", new ByteArrayInputStream("x".getBytes(StandardCharsets.UTF_8))));
            refused(Fault.CONFIGURATION_INVALID, "check ACCESS_KEY and SECRET_KEY", () -> stranger.stat("work/f"));
        }
        assertThat(settings(USER, PASSWORD).toString()).doesNotContain(PASSWORD);
    }

    static void refused(Fault expected, String sentence, ThrowingCallable call) {
        assertThatThrownBy(call)
                .hasMessageContaining(sentence)
                .isInstanceOfSatisfying(
                        FaultException.class, fault -> assertThat(fault.fault()).isEqualTo(expected));
    }
}
