package io.nsfl.modelformats.torch;

import io.nsfl.federation.tensor.DType;
import io.nsfl.modelformats.pickle.PickleValue.Global;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Every name that a state dict's pickle may mention. */
final class TorchNames {
    static final Global REBUILD_TENSOR = new Global("torch._utils", "_rebuild_tensor_v2");
    static final Global REBUILD_TYPED_TENSOR = new Global("torch._utils", "_rebuild_tensor_v3");
    static final Global REBUILD_PARAMETER = new Global("torch._utils", "_rebuild_parameter");
    static final Global UNTYPED_STORAGE = new Global("torch.storage", "UntypedStorage");
    private static final Global ORDERED_DICTIONARY = new Global("collections", "OrderedDict");
    private static final Global SIZE = new Global("torch", "Size");

    private static final Map<String, DType> STORAGES = Map.of(
            "DoubleStorage", DType.F64,
            "FloatStorage", DType.F32,
            "HalfStorage", DType.F16,
            "BFloat16Storage", DType.BF16,
            "LongStorage", DType.I64,
            "IntStorage", DType.I32,
            "ShortStorage", DType.I16,
            "CharStorage", DType.I8,
            "ByteStorage", DType.U8,
            "BoolStorage", DType.BOOL);

    private static final Map<String, DType> TYPES = Map.ofEntries(
            Map.entry("float64", DType.F64),
            Map.entry("float32", DType.F32),
            Map.entry("float16", DType.F16),
            Map.entry("bfloat16", DType.BF16),
            Map.entry("int64", DType.I64),
            Map.entry("int32", DType.I32),
            Map.entry("int16", DType.I16),
            Map.entry("int8", DType.I8),
            Map.entry("uint64", DType.U64),
            Map.entry("uint32", DType.U32),
            Map.entry("uint16", DType.U16),
            Map.entry("uint8", DType.U8),
            Map.entry("bool", DType.BOOL));

    private static final Set<Global> OTHERS =
            Set.of(ORDERED_DICTIONARY, REBUILD_TENSOR, REBUILD_TYPED_TENSOR, REBUILD_PARAMETER, UNTYPED_STORAGE, SIZE);

    private TorchNames() {}

    static boolean allowed(Global global) {
        return OTHERS.contains(global)
                || storage(global).isPresent()
                || type(global).isPresent();
    }

    /** Type of the elements of a storage class. */
    static Optional<DType> storage(Global global) {
        return global.module().equals("torch") ? Optional.ofNullable(STORAGES.get(global.name())) : Optional.empty();
    }

    /** A {@code torch.dtype}. */
    static Optional<DType> type(Global global) {
        return global.module().equals("torch") ? Optional.ofNullable(TYPES.get(global.name())) : Optional.empty();
    }
}
