package io.nsfl.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SelectorSetupTest {
    @TempDir
    Path directory;

    private Path file(String content) throws IOException {
        return Files.writeString(directory.resolve("client_selector_setup.json"), content);
    }

    @Test
    void startsWithoutAnyConfiguration() {
        assertThat(SelectorSetup.read(List.of(), Map.of()))
                .containsEntry("spring.grpc.server.port", "50055")
                .containsEntry("spring.grpc.server.address", "0.0.0.0")
                .containsEntry("logging.level.io.nsfl", "INFO")
                .containsEntry("nsfl.selector.database.type", "memory");
    }

    @Test
    void readsTheSetupFileWithCommentsAndTextsForNumbers() throws IOException {
        Path setup = file("""
                {
                  # written by gen_yamls.py
                  "port": "50056",
                  "log_level": "WARNING",
                  "auth_client": "false",
                  "strategy": {"resource": 2, "data": 0.5},
                }
                """);
        assertThat(SelectorSetup.read(List.of("--config_file", setup.toString()), Map.of()))
                .containsEntry("spring.grpc.server.port", "50056")
                .containsEntry("logging.level.io.nsfl", "WARN")
                .containsEntry("nsfl.selector.strategy.resource", 2.0)
                .containsEntry("nsfl.selector.strategy.data", 0.5);
    }

    @Test
    void letsTheFileGoBeforeFlags() throws IOException {
        Path setup = file("{\"port\": 50056}");
        assertThat(SelectorSetup.read(
                        List.of("--port=50057", "--host", "127.0.0.1", "--config_file=" + setup), Map.of()))
                .containsEntry("spring.grpc.server.port", "50056")
                .containsEntry("spring.grpc.server.address", "127.0.0.1");
    }

    @Test
    void takesTheDatabaseAndThePatienceFromTheEnvironment() {
        Map<String, String> environment = Map.of(
                "DB_TYPE", "postgreSQL",
                "DB_ADDRESS", "db:5432",
                "DB_NAME", "fl",
                "DB_USERNAME", "nsfl",
                "DB_PASSWORD", "geheim",
                "SINGLE_HEART", "60",
                "NSFL_INTERNAL_SECRET_FILE", "/nsfl/secret");
        assertThat(SelectorSetup.read(List.of(), environment))
                .containsEntry("nsfl.selector.database.type", "postgresql")
                .containsEntry("nsfl.selector.database.address", "db:5432")
                .containsEntry("nsfl.selector.database.name", "fl")
                .containsEntry("nsfl.selector.database.username", "nsfl")
                .containsEntry("nsfl.selector.database.password", "geheim")
                .containsEntry("nsfl.selector.single-heart", "60s")
                .containsEntry("nsfl.selector.internal-secret-file", "/nsfl/secret");
    }

    @Test
    void namesEveryProblemAtOnce() {
        assertThatThrownBy(() -> SelectorSetup.read(
                        List.of("--port", "80", "--log_level", "LOUD"),
                        Map.of("DB_TYPE", "oracle", "CLUSTER_HEART", "soon")))
                .isInstanceOfSatisfying(
                        FaultException.class,
                        refused -> assertThat(refused.fault()).isEqualTo(Fault.CONFIGURATION_INVALID))
                .hasMessageContaining("port")
                .hasMessageContaining("LOUD")
                .hasMessageContaining("oracle")
                .hasMessageContaining("CLUSTER_HEART");
    }

    @Test
    void asksForTheTypeOfADatabaseThatIsOnlyAddressed() {
        assertThatThrownBy(() -> SelectorSetup.read(List.of(), Map.of("DB_ADDRESS", "db:5432")))
                .hasMessageContaining("DB_TYPE");
    }
}
