package io.nsfl.coordinator.run;

import io.nsfl.federation.aggregate.FoldPlan;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The model's tensors as the job wants them treated: those that its {@code local_layers} name never leave a client. */
final class JobTensors {
    private static final int NAMED_IN_MESSAGES = 40;

    private JobTensors() {}

    /**
     * @param model as its file has them
     * @param localLayers patterns of names: {@code *} stands for any characters, {@code ?} for one
     * @throws FaultException CONFIGURATION_INVALID for a pattern that matches nothing, for patterns that leave nothing to train
     *     together, and for a model with a name that is reserved
     */
    static List<TensorSpec> of(List<TensorSpec> model, List<String> localLayers) {
        for (TensorSpec spec : model) {
            if (spec.name().startsWith(FoldPlan.EXTRA_PREFIX)) {
                throw invalid("The model's tensor " + spec.name() + " begins with " + FoldPlan.EXTRA_PREFIX
                        + ", which is reserved; give it another name.");
            }
        }
        List<TensorSpec> treated = new ArrayList<>(model);
        for (String pattern : localLayers) {
            boolean matched = false;
            for (int i = 0; i < model.size(); i++) {
                TensorSpec spec = model.get(i);
                if (matches(pattern, spec.name())) {
                    treated.set(i, new TensorSpec(spec.name(), spec.dtype(), spec.shape(), TensorKind.LOCAL));
                    matched = true;
                }
            }
            if (!matched) {
                throw invalid("The pattern \"" + pattern + "\" of local_layers matches no tensor of the model; it has "
                        + names(model) + ".");
            }
        }
        if (!localLayers.isEmpty() && treated.stream().noneMatch(spec -> spec.kind() == TensorKind.TRAINABLE)) {
            throw invalid("The patterns of local_layers leave no tensor to train together; the model has "
                    + names(model) + ".");
        }
        return treated;
    }

    /** The same values under the job's kinds. @param specs the set's names, types and shapes in its order */
    static TensorSet treated(TensorSet values, List<TensorSpec> specs) {
        List<NamedTensor> tensors = new ArrayList<>(specs.size());
        for (TensorSpec spec : specs) {
            tensors.add(new NamedTensor(spec, values.get(spec.name()).data()));
        }
        return new TensorSet(tensors);
    }

    /** Takes time of pattern times name at most, whatever the stars. */
    static boolean matches(String pattern, String name) {
        int at = 0;
        int star = -1;
        int resume = 0;
        int in = 0;
        while (in < name.length()) {
            char wanted = at < pattern.length() ? pattern.charAt(at) : 0;
            if (wanted == '*') {
                star = at++;
                resume = in;
            } else if (at < pattern.length() && (wanted == '?' || wanted == name.charAt(in))) {
                at++;
                in++;
            } else if (star >= 0) {
                at = star + 1;
                in = ++resume;
            } else {
                return false;
            }
        }
        while (at < pattern.length() && pattern.charAt(at) == '*') {
            at++;
        }
        return at == pattern.length();
    }

    private static String names(List<TensorSpec> model) {
        String names =
                model.stream().limit(NAMED_IN_MESSAGES).map(TensorSpec::name).collect(Collectors.joining(", "));
        return model.size() <= NAMED_IN_MESSAGES
                ? names
                : names + " and " + (model.size() - NAMED_IN_MESSAGES) + " more";
    }

    private static FaultException invalid(String message) {
        return new FaultException(Fault.CONFIGURATION_INVALID, message);
    }
}
