package io.nsfl.taskmanager.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.fault.Violation;
import io.nsfl.protocol.v1.Dataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetCatalogTest {
    @TempDir
    Path directory;

    private DatasetCatalog read(String json) throws IOException {
        return DatasetCatalog.read(Optional.of(Files.writeString(directory.resolve("datasets.json"), json)));
    }

    @Test
    void readsPathsAndPathsWithACount() throws IOException {
        Path data = Files.createFile(directory.resolve("mnist.npz"));

        DatasetCatalog catalog = read("{ # ours\n \"plain\": \"" + data + "\", \" counted \": {\"path\": \"" + data
                + "\", \"samples\": 60000},}");

        assertThat(catalog.names()).containsExactlyInAnyOrder("plain", "counted");
        assertThat(catalog.paths()).containsEntry("counted", data.toString()).containsEntry("plain", data.toString());
        assertThat(catalog.announced())
                .contains(Dataset.newBuilder()
                        .setName("counted")
                        .setSamples(60000)
                        .build())
                .contains(Dataset.newBuilder().setName("plain").build());
    }

    @Test
    void namesEveryEntryThatIsWrong() {
        assertThatThrownBy(() -> read("{\"gone\": \"/does/not/exist\", \"number\": 3, \"empty\": {\"samples\": 4}}"))
                .isInstanceOfSatisfying(
                        FaultException.class,
                        refused -> assertThat(refused.violations())
                                .extracting(Violation::path)
                                .containsExactlyInAnyOrder("datasets.gone", "datasets.number", "datasets.empty"));
    }

    @Test
    void isEmptyWithoutAFile() {
        DatasetCatalog catalog = DatasetCatalog.read(Optional.empty());

        assertThat(catalog.names()).isEmpty();
        assertThat(catalog.announced()).isEmpty();
    }
}
