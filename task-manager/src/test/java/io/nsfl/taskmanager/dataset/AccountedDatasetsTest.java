package io.nsfl.taskmanager.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AccountedDatasetsTest {
    private final AccountedDatasets datasets = new AccountedDatasets(
            Map.of("all", "/data", "mnist", "/data/mnist", "copy", "/data/mnist", "faces", "/faces"));

    @Test
    void othersAreThoseThatTheJobDoesNotName() {
        assertThat(datasets.others(List.of("mnist"))).containsExactly(Path.of("/data"), Path.of("/faces"));
        assertThat(datasets.charged(List.of("mnist"))).containsOnlyKeys("mnist");
    }

    @Test
    void whatLiesWithinOneIsPartOfIt() {
        assertThat(datasets.others(List.of("all"))).containsExactly(Path.of("/faces"));
    }

    @Test
    void aJobThatNamesNoneIsChargedForAll() {
        assertThat(datasets.others(List.of())).isEmpty();
        assertThat(datasets.charged(List.of())).hasSize(4);
    }

    @Test
    void nothingIsHiddenWhereNothingIsLimited() {
        assertThat(AccountedDatasets.NONE.others(List.of("mnist"))).isEmpty();
        assertThat(AccountedDatasets.NONE.some(List.of("mnist"))).isFalse();
    }
}
