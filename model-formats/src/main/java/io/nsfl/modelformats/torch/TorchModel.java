package io.nsfl.modelformats.torch;

import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.modelformats.ModelFile;
import io.nsfl.modelformats.ModelFormat;
import io.nsfl.modelformats.ModelLimits;
import io.nsfl.modelformats.file.MappedFile;
import io.nsfl.modelformats.file.Replacement;
import io.nsfl.modelformats.pickle.ForbiddenGlobalException;
import io.nsfl.modelformats.pickle.PickleException;
import io.nsfl.modelformats.pickle.PickleReader;
import io.nsfl.modelformats.zip.ZipArchive;
import io.nsfl.modelformats.zip.ZipEntryInfo;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A state dict as {@code torch.save} writes it. Contiguous tensors are views of the file; others are copies in row-major order.
 * Tensors that share a storage (tied weights) appear under each of their names.
 */
public final class TorchModel implements ModelFile {
    private static final String PICKLE = "data.pkl";
    private static final int INSTRUCTIONS_PER_TENSOR = 100;

    private final MappedFile file;
    private final TorchStorages storages;
    private final List<TorchTensor> described;
    private final TensorSet tensors;

    private TorchModel(MappedFile file, TorchStorages storages, List<TorchTensor> described) {
        this.file = file;
        this.storages = storages;
        this.described = described;
        List<NamedTensor> values = new ArrayList<>(described.size());
        Set<String> names = new HashSet<>();
        long copied = 0;
        for (TorchTensor tensor : described) {
            require(
                    file,
                    names.add(tensor.spec().name()),
                    "it has two tensors named " + tensor.spec().name());
            MemorySegment storage = storages.of(tensor);
            if (!tensor.contiguous()) {
                copied += tensor.spec().bytes();
                require(file, copied <= file.size(), "its tensors are views that repeat each other's values");
            }
            values.add(new NamedTensor(tensor.spec(), rowMajor(tensor, storage)));
        }
        this.tensors = new TensorSet(values);
    }

    /** Whether an archive is one of PyTorch. */
    public static boolean isIn(ZipArchive archive) {
        return pickle(archive).isPresent();
    }

    /** Takes over the mapped file; it is closed with this one, and at once when it cannot be read. */
    public static TorchModel open(MappedFile file, ZipArchive archive, ModelLimits limits) {
        try {
            ZipEntryInfo pickle = pickle(archive).orElseThrow(() -> unreadable(file, "it has no " + PICKLE));
            String prefix = pickle.name().substring(0, pickle.name().length() - PICKLE.length());
            TorchStorages storages = new TorchStorages(file, archive, prefix);
            storages.requireLittleEndian();
            return new TorchModel(file, storages, describe(file, pickle, storages, limits));
        } catch (RuntimeException refused) {
            file.close();
            throw refused;
        }
    }

    @Override
    public ModelFormat format() {
        return ModelFormat.PYTORCH;
    }

    @Override
    public TensorSet tensors() {
        return tensors;
    }

    /** Tensors that share memory must be given the same values there. */
    @Override
    public void writeCopy(TensorSet values, Path target) {
        List<NamedTensor> ordered = Replacement.inOrder(tensors, values);
        Replacement.edit(file, target, copy -> {
            Map<String, Integer> users = new HashMap<>();
            for (int i = 0; i < described.size(); i++) {
                TorchTensor tensor = described.get(i);
                users.merge(tensor.storage(), 1, Integer::sum);
                put(tensor, ordered.get(i).data(), storages.in(copy, tensor));
            }
            for (int i = 0; i < described.size(); i++) {
                TorchTensor tensor = described.get(i);
                boolean kept = users.get(tensor.storage()) == 1
                        || Strides.matches(tensor, ordered.get(i).data(), storages.in(copy, tensor));
                if (!kept) {
                    throw new FaultException(
                            Fault.SHAPE,
                            "Tensor " + tensor.spec().name()
                                    + " shares its memory with another one in the model and was given other values than that.");
                }
            }
            storages.renewChecksums(copy, users.keySet());
        });
    }

    @Override
    public void close() {
        file.close();
    }

    private static Optional<ZipEntryInfo> pickle(ZipArchive archive) {
        return archive.entries().stream()
                .filter(entry -> entry.name().equals(PICKLE) || entry.name().endsWith("/" + PICKLE))
                .findFirst();
    }

    private static List<TorchTensor> describe(
            MappedFile file, ZipEntryInfo entry, TorchStorages storages, ModelLimits limits) {
        require(file, entry.size() <= limits.headerBytes(), "its " + PICKLE + " is larger than allowed");
        byte[] pickle = storages.stored(entry).toArray(ValueLayout.JAVA_BYTE);
        try {
            PickleReader reader =
                    new PickleReader(pickle, TorchNames::allowed, (long) INSTRUCTIONS_PER_TENSOR * limits.tensors());
            return StateDict.tensors(reader.read(), limits);
        } catch (ForbiddenGlobalException forbidden) {
            throw new FaultException(
                    Fault.MODEL_HOSTILE,
                    file.path() + " is refused: its pickle names " + shortened(forbidden.getMessage())
                            + ", which a state dict has no use for; save model.state_dict() with torch.save.",
                    forbidden);
        } catch (PickleException damaged) {
            throw new FaultException(
                    Fault.MODEL_UNREADABLE,
                    file.path() + " has a pickle that cannot be read: " + damaged.getMessage() + ".",
                    damaged);
        }
    }

    private MemorySegment rowMajor(TorchTensor tensor, MemorySegment storage) {
        if (tensor.spec().bytes() == 0) {
            return MemorySegment.NULL;
        }
        if (tensor.contiguous()) {
            return storage.asSlice(
                    tensor.offset() * tensor.spec().dtype().bytes(),
                    tensor.spec().bytes());
        }
        MemorySegment copy = file.allocate(tensor.spec().bytes(), Long.BYTES);
        Strides.gather(tensor, storage, copy);
        return copy;
    }

    private static void put(TorchTensor tensor, MemorySegment values, MemorySegment storage) {
        if (tensor.contiguous()) {
            long offset = tensor.offset() * tensor.spec().dtype().bytes();
            MemorySegment.copy(values, 0, storage, tensor.spec().bytes() == 0 ? 0 : offset, values.byteSize());
        } else {
            Strides.scatter(tensor, values, storage);
        }
    }

    private static String shortened(String name) {
        String printable = new String(name.getBytes(StandardCharsets.UTF_8), StandardCharsets.US_ASCII);
        return printable.length() > 120 ? printable.substring(0, 120) + "…" : printable;
    }

    private static void require(MappedFile file, boolean condition, String otherwise) {
        if (!condition) {
            throw unreadable(file, otherwise);
        }
    }

    private static FaultException unreadable(MappedFile file, String why) {
        return new FaultException(
                Fault.MODEL_UNREADABLE, file.path() + " is not a PyTorch file that can be read: " + why + ".");
    }
}
