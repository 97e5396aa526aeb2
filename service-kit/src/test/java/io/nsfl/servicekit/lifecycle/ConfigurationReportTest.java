package io.nsfl.servicekit.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConfigurationReportTest {
    record Database(String address, String userName, String password) {}

    record Properties(
            Database db,
            Duration reportPeriod,
            Path internalSecretFile,
            Optional<String> token,
            List<String> addresses,
            Map<String, String> labels,
            String accessKey,
            String nothing) {}

    @Test
    void showsEveryValueAndMasksSecrets() {
        Properties properties = new Properties(
                new Database("db:5432", "nsfl", "hunter2"),
                Duration.ofSeconds(10),
                Path.of("/keys/internal"),
                Optional.of("hunter2"),
                List.of(),
                Map.of("zone", "a"),
                "hunter2",
                null);

        assertThat(ConfigurationReport.lines("nsfl", properties))
                .containsExactly(
                        "nsfl.db.address = db:5432",
                        "nsfl.db.user-name = nsfl",
                        "nsfl.db.password = ******",
                        "nsfl.report-period = PT10S",
                        "nsfl.internal-secret-file = /keys/internal",
                        "nsfl.token = ******",
                        "nsfl.addresses = (none)",
                        "nsfl.labels.zone = a",
                        "nsfl.access-key = ******",
                        "nsfl.nothing = (none)");
    }
}
