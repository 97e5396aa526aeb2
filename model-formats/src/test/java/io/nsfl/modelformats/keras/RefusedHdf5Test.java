package io.nsfl.modelformats.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.modelformats.Fixtures;
import io.nsfl.modelformats.ModelFile;
import io.nsfl.modelformats.ModelFiles;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RefusedHdf5Test {
    @ParameterizedTest
    @CsvSource({
        "chunked.h5, MODEL_UNREADABLE, in chunks or compressed",
        "compressed.h5, MODEL_UNREADABLE, in chunks or compressed",
        "big_endian.h5, MODEL_UNREADABLE, not made of numbers",
        "complex.h5, MODEL_UNREADABLE, not made of numbers",
        "text.h5, MODEL_UNREADABLE, not made of numbers",
        "unwritten.h5, MODEL_UNREADABLE, has no values",
        "other_file.h5, MODEL_HOSTILE, in another file",
        "external_link.h5, MODEL_HOSTILE, link to somewhere else",
        "soft_link.h5, MODEL_HOSTILE, link to somewhere else",
        "circle.h5, MODEL_UNREADABLE, has none",
        "absent.h5, MODEL_UNREADABLE, has none",
        "latest.h5, MODEL_UNREADABLE, libver",
        "circle.weights.h5, MODEL_UNREADABLE, nested deeper",
    })
    void refusesWhatItCannotReadInPlace(String name, Fault fault, String reason) {
        assertThatThrownBy(() -> ModelFiles.open(Fixtures.path("refused/" + name)))
                .isInstanceOfSatisfying(
                        FaultException.class,
                        refused -> assertThat(refused.fault()).isEqualTo(fault))
                .hasMessageContaining(reason);
    }

    @Test
    void readsTheFileThatIsLikeThoseButPlain() {
        try (ModelFile model = ModelFiles.open(Fixtures.path("refused/plain.h5"))) {
            assertThat(model.tensors().specs()).singleElement().satisfies(spec -> {
                assertThat(spec.name()).isEqualTo("dense/kernel:0");
                assertThat(spec.shape()).containsExactly(64L);
            });
        }
    }
}
