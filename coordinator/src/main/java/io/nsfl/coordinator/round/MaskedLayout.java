package io.nsfl.coordinator.round;

import io.nsfl.federation.secagg.contribution.ContributionLayout;
import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.protocol.masking.MaskedFile;
import java.util.List;

/**
 * How the results of a work are laid out to be masked: what lies where in the vector that is added up.
 *
 * @param tensors names in the contribution's order
 * @param metrics names; each has two numbers in the contribution: the weight of who reports it, and its weighted value
 */
public record MaskedLayout(List<String> tensors, List<String> metrics, ContributionLayout contribution) {
    public MaskedLayout {
        tensors = List.copyOf(tensors);
        metrics = List.copyOf(metrics);
        if (tensors.size() != contribution.tensors().size() || 2 * metrics.size() != contribution.metrics()) {
            throw new IllegalArgumentException("Names are not as many as what they name");
        }
    }

    /** What a masked result looks like. */
    public List<TensorSpec> vector() {
        return List.of(
                new TensorSpec(MaskedFile.VECTOR, DType.U32, List.of(contribution.length()), TensorKind.INTEGER));
    }
}
