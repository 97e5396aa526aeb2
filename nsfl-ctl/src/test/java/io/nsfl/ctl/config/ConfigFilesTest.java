package io.nsfl.ctl.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigFilesTest {
    @TempDir
    Path directory;

    @Test
    void keepsWhatWasSetAndMergesWhatIsSetLater() {
        ConfigFiles files = files(Map.of());
        files.save(values(Optional.of("10.0.0.1:30083"), Optional.empty()));
        files.save(values(Optional.empty(), Optional.of("secret")));
        assertThat(files.load().apiServer()).contains("10.0.0.1:30083");
        assertThat(files.load().password()).contains("secret");
    }

    @Test
    void writesAFileThatOnlyItsOwnerReads() throws IOException {
        Path file = files(Map.of()).save(values(Optional.empty(), Optional.of("secret")));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void putsTheEnvironmentBeforeTheUsersFileBeforeTheMachines() throws IOException {
        Files.writeString(
                directory.resolve("machine.json"), "{\"api_server\":\"m:1\",\"data_server\":\"m:2\",\"user\":\"m\"}");
        Files.writeString(
                directory.resolve("user.json"), "{\"api_server\":\"u:1\", \"data_server\": \"u:2\", # mine\n}");
        CtlConfig config = files(Map.of("NSFL_API_SERVER", "e:1")).load();
        assertThat(config.apiServer()).contains("e:1");
        assertThat(config.dataServer()).contains("u:2");
        assertThat(config.user()).contains("m");
    }

    @Test
    void readsAndWritesOnlyTheNamedFileWhereOneIsNamed() throws IOException {
        Files.writeString(directory.resolve("user.json"), "{\"api_server\":\"u:1\"}");
        Path named = directory.resolve("own/nsfl.json");
        ConfigFiles files = files(Map.of("NSFL_CONFIG", named.toString()));
        assertThat(files.load().apiServer()).isEmpty();
        assertThat(files.save(values(Optional.of("n:1"), Optional.empty()))).isEqualTo(named);
        assertThat(files.load().apiServer()).contains("n:1");
    }

    @Test
    void takesAddressesWithAndWithoutAScheme() {
        assertThat(values(Optional.of("10.0.0.1:30083"), Optional.empty()).apiServerUri())
                .hasToString("http://10.0.0.1:30083");
        assertThat(values(Optional.of("https://fl.example/"), Optional.empty()).apiServerUri())
                .hasToString("https://fl.example");
    }

    @Test
    void saysHowToSetWhatIsMissingOrWrong() {
        assertThatThrownBy(() -> CtlConfig.empty().apiServerUri())
                .isInstanceOfSatisfying(
                        FaultException.class, e -> assertThat(e.fault()).isEqualTo(Fault.CONFIGURATION_INVALID))
                .hasMessageContaining("nsfl-ctl set config -s");
        assertThatThrownBy(() ->
                        values(Optional.of("not an address"), Optional.empty()).apiServerUri())
                .hasMessageContaining("not an address");
    }

    private ConfigFiles files(Map<String, String> environment) {
        return new ConfigFiles(environment, directory.resolve("machine.json"), directory.resolve("user.json"));
    }

    private static CtlConfig values(Optional<String> apiServer, Optional<String> password) {
        return new CtlConfig(
                apiServer, Optional.empty(), Optional.empty(), Optional.empty(), password, Optional.empty());
    }
}
