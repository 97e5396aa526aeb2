package io.nsfl.proxy.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class VerificationTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    @Test
    void tellsWhatNginxSays() throws Exception {
        assertThat(verification("echo 'no such directive'; exit 1", LONG).problem())
                .contains("no such directive");
        assertThat(verification("echo fine", LONG).problem()).isEmpty();
    }

    @Test
    @Timeout(60)
    void doesNotWaitForAnNginxThatNeitherSpeaksNorEnds() throws Exception {
        assertThat(verification("exec sleep 600", Duration.ofMillis(200)).problem())
                .hasValueSatisfying(problem -> assertThat(problem).contains("did not end"));
    }

    private Verification verification(String script, Duration patience) throws IOException {
        Path program = Files.writeString(directory.resolve("nginx"), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        NginxSettings settings = new NginxSettings(program.toString(), directory.resolve("nginx.conf"), directory);
        return new Verification(settings, patience);
    }
}
