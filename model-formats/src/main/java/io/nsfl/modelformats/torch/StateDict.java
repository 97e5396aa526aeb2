package io.nsfl.modelformats.torch;

import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.modelformats.ModelLimits;
import io.nsfl.modelformats.kind.KindRule;
import io.nsfl.modelformats.pickle.PickleException;
import io.nsfl.modelformats.pickle.PickleValue;
import io.nsfl.modelformats.pickle.PickleValue.Call;
import io.nsfl.modelformats.pickle.PickleValue.Dictionary;
import io.nsfl.modelformats.pickle.PickleValue.Global;
import io.nsfl.modelformats.pickle.PickleValue.Persistent;
import io.nsfl.modelformats.pickle.PickleValue.Sequence;
import io.nsfl.modelformats.pickle.PickleValue.Text;
import io.nsfl.modelformats.pickle.PickleValue.Tuple;
import io.nsfl.modelformats.pickle.PickleValue.Whole;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Finds the tensors in what a pickle describes. Tensors in nested dictionaries and lists get the keys on their way, joined by dots;
 * values that are not tensors are passed over.
 */
final class StateDict {
    private static final int MAX_AXES = 32;
    private static final int VISITS_PER_TENSOR = 16;

    private final ModelLimits limits;
    private final List<TorchTensor> tensors = new ArrayList<>();
    private long visits;

    private StateDict(ModelLimits limits) {
        this.limits = limits;
        this.visits = (long) VISITS_PER_TENSOR * limits.tensors();
    }

    /** @throws PickleException when the pickle is not a dictionary of tensors */
    static List<TorchTensor> tensors(PickleValue root, ModelLimits limits) {
        if (!(root instanceof Dictionary)) {
            throw new PickleException("it is not a state dict; save model.state_dict()");
        }
        StateDict found = new StateDict(limits);
        found.collect("", root, 0);
        return found.tensors;
    }

    private void collect(String name, PickleValue value, int depth) {
        require(visits-- > 0, "it has too many values");
        require(depth <= limits.depth(), "it is nested deeper than " + limits.depth());
        require(name.length() <= limits.nameLength(), "a tensor's name is too long");
        switch (value) {
            case Dictionary dictionary ->
                dictionary.entries().forEach((key, item) -> collect(join(name, key(key)), item, depth + 1));
            case Sequence sequence -> collectItems(name, sequence.items(), depth);
            case Tuple tuple -> collectItems(name, tuple.items(), depth);
            case Call call -> collectCall(name, call, depth);
            case PickleValue.Plain ignored -> {}
        }
    }

    private void collectItems(String name, List<PickleValue> items, int depth) {
        for (int i = 0; i < items.size(); i++) {
            collect(join(name, Integer.toString(i)), items.get(i), depth + 1);
        }
    }

    private void collectCall(String name, Call call, int depth) {
        List<PickleValue> arguments = call.arguments().items();
        if (call.function().equals(TorchNames.REBUILD_PARAMETER)) {
            require(!arguments.isEmpty(), "parameter " + name + " has no tensor");
            collect(name, arguments.getFirst(), depth + 1);
        } else if (call.function().equals(TorchNames.REBUILD_TENSOR)) {
            require(arguments.size() >= 6, "tensor " + name + " is described by too few values");
            Storage storage = storage(name, arguments.getFirst());
            tensors.add(tensor(name, arguments, storage, storage.dtype()));
        } else if (call.function().equals(TorchNames.REBUILD_TYPED_TENSOR)) {
            require(arguments.size() >= 7, "tensor " + name + " is described by too few values");
            tensors.add(tensor(name, arguments, storage(name, arguments.getFirst()), type(name, arguments.get(6))));
        }
        require(tensors.size() <= limits.tensors(), "it has more than " + limits.tensors() + " tensors");
    }

    private record Storage(String key, DType dtype, long bytes) {}

    private static Storage storage(String name, PickleValue value) {
        if (value instanceof Persistent reference
                && reference.id() instanceof Tuple id
                && id.items().size() == 5
                && id.items().get(1) instanceof Global type
                && id.items().get(2) instanceof Text key
                && id.items().get(4) instanceof Whole elements
                && elements.value() >= 0) {
            DType dtype = type.equals(TorchNames.UNTYPED_STORAGE)
                    ? DType.U8
                    : TorchNames.storage(type)
                            .orElseThrow(() -> new PickleException("tensor " + name + " has an unknown storage"));
            long bytes = exact(name, () -> Math.multiplyExact(elements.value(), (long) dtype.bytes()));
            return new Storage(key.value(), dtype, bytes);
        }
        throw new PickleException("tensor " + name + " has no storage");
    }

    private static DType type(String name, PickleValue value) {
        if (value instanceof Global global) {
            return TorchNames.type(global)
                    .orElseThrow(() -> new PickleException("tensor " + name + " has an unknown type"));
        }
        throw new PickleException("tensor " + name + " has no type");
    }

    private static TorchTensor tensor(String name, List<PickleValue> arguments, Storage storage, DType dtype) {
        long offset = arguments.get(1) instanceof Whole whole ? whole.value() : -1;
        List<Long> shape = sizes(name, arguments.get(2));
        List<Long> strides = sizes(name, arguments.get(3));
        require(!name.isEmpty() && offset >= 0, "tensor " + name + " has no name or no offset");
        require(shape.size() == strides.size(), "tensor " + name + " has as many strides as axes");
        return exact(name, () -> {
            TensorSpec spec = new TensorSpec(name, dtype, shape, KindRule.of(name, dtype));
            long last = offset;
            for (int axis = 0; axis < shape.size(); axis++) {
                last = Math.addExact(last, Math.multiplyExact(Math.max(0, shape.get(axis) - 1), strides.get(axis)));
            }
            require(
                    spec.elements() == 0 || last < storage.bytes() / dtype.bytes(),
                    "tensor " + name + " reaches beyond its storage");
            require(
                    spec.bytes() <= storage.bytes(),
                    "tensor " + name + " repeats the values of its storage; save a contiguous copy");
            return new TorchTensor(spec, storage.key(), storage.bytes(), offset, strides);
        });
    }

    private static List<Long> sizes(String name, PickleValue value) {
        // A plain tuple, or a torch.Size made of one.
        PickleValue plain =
                value instanceof Call call && call.arguments().items().size() == 1
                        ? call.arguments().items().getFirst()
                        : value;
        if (!(plain instanceof Tuple tuple)) {
            throw new PickleException("tensor " + name + " has no shape");
        }
        List<PickleValue> items = tuple.items();
        require(items.size() <= MAX_AXES, "tensor " + name + " has " + items.size() + " axes");
        List<Long> sizes = new ArrayList<>(items.size());
        for (PickleValue item : items) {
            long size = item instanceof Whole whole ? whole.value() : -1;
            require(size >= 0, "tensor " + name + " has a size that is not a whole number");
            sizes.add(size);
        }
        return sizes;
    }

    private static String key(PickleValue key) {
        if (key instanceof Text text) {
            return text.value();
        }
        if (key instanceof Whole whole) {
            return Long.toString(whole.value());
        }
        throw new PickleException("it has a dictionary whose keys are neither text nor whole numbers");
    }

    private static String join(String prefix, String name) {
        return prefix.isEmpty() ? name : prefix + "." + name;
    }

    private static <T> T exact(String name, Supplier<T> computation) {
        try {
            return computation.get();
        } catch (ArithmeticException tooLarge) {
            throw new PickleException("tensor " + name + " has a shape too large for any file");
        }
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new PickleException(otherwise);
        }
    }
}
