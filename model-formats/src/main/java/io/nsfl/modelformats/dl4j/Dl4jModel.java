package io.nsfl.modelformats.dl4j;

import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.modelformats.ModelFile;
import io.nsfl.modelformats.ModelFormat;
import io.nsfl.modelformats.ModelLimits;
import io.nsfl.modelformats.file.MappedFile;
import io.nsfl.modelformats.file.Replacement;
import io.nsfl.modelformats.file.TargetFile;
import io.nsfl.modelformats.zip.ZipArchive;
import io.nsfl.modelformats.zip.ZipEntryInfo;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A MultiLayerNetwork or ComputationGraph in a zip. Tensors are named as in DL4J's parameter table ({@code 0_W}) and row-major in
 * the order of DL4J's parameter vector: a matrix that DL4J keeps by columns appears with its axes exchanged. All values are
 * copies, because DL4J stores them big-endian.
 *
 * <p>A copy has the same entries with the same contents but for the parameters; these are stored without compression, and all
 * entries have one fixed time.
 */
public final class Dl4jModel implements ModelFile {
    static final String CONFIGURATION = "configuration.json";
    static final String COEFFICIENTS = "coefficients.bin";

    private final MappedFile file;
    private final ZipArchive archive;
    private final ZipEntryInfo coefficients;
    private final MemorySegment prefix;
    private final TensorSet tensors;

    private Dl4jModel(
            MappedFile file, ZipArchive archive, ZipEntryInfo coefficients, MemorySegment prefix, TensorSet tensors) {
        this.file = file;
        this.archive = archive;
        this.coefficients = coefficients;
        this.prefix = prefix;
        this.tensors = tensors;
    }

    /** Whether an archive is one of DL4J. */
    public static boolean isIn(ZipArchive archive) {
        return archive.find(CONFIGURATION).isPresent();
    }

    /** Takes over the mapped file; it is closed with this one, and at once when it cannot be read. */
    public static Dl4jModel open(MappedFile file, ZipArchive archive, ModelLimits limits) {
        try {
            return read(file, archive, limits);
        } catch (RuntimeException refused) {
            file.close();
            throw refused;
        }
    }

    private static Dl4jModel read(MappedFile file, ZipArchive archive, ModelLimits limits) {
        SerializedObjects.refuse(file, archive);
        ZipEntryInfo configuration =
                archive.find(CONFIGURATION).orElseThrow(() -> unreadable(file, "it has no " + CONFIGURATION));
        require(file, configuration.size() <= limits.headerBytes(), "its " + CONFIGURATION + " is larger than allowed");
        byte[] json = archive.read(configuration).toArray(ValueLayout.JAVA_BYTE);
        Dl4jConfiguration layers = Dl4jConfiguration.parse(file.path(), json, limits);
        ZipEntryInfo entry = archive.find(COEFFICIENTS)
                .orElseThrow(() -> unreadable(file, "it has no parameters (" + COEFFICIENTS + ")"));
        MemorySegment bytes = archive.read(entry);
        Coefficients coefficients = Coefficients.read(bytes)
                .orElseThrow(() ->
                        unreadable(file, "its parameters are not a vector of FLOAT or DOUBLE as DL4J 1.0.0 writes it"));
        List<TensorSpec> specs = layers.tensors(coefficients.dtype());
        require(file, specs.size() <= limits.tensors(), "it has more than " + limits.tensors() + " tensors");
        MemorySegment values = littleEndian(file, entry, bytes, coefficients);
        return new Dl4jModel(
                file,
                archive,
                entry,
                bytes.asSlice(0, coefficients.values()),
                cut(file, specs, values, coefficients.elements()));
    }

    @Override
    public ModelFormat format() {
        return ModelFormat.DL4J;
    }

    @Override
    public TensorSet tensors() {
        return tensors;
    }

    @Override
    public void writeCopy(TensorSet values, Path target) {
        List<NamedTensor> ordered = Replacement.inOrder(tensors, values);
        try (TargetFile copy = TargetFile.create(target)) {
            Dl4jWriter.write(copy, target, archive, coefficients, prefix, ordered);
            copy.commit();
        }
    }

    @Override
    public void close() {
        file.close();
    }

    private static MemorySegment littleEndian(
            MappedFile file, ZipEntryInfo entry, MemorySegment bytes, Coefficients coefficients) {
        MemorySegment bigEndian = bytes.asSlice(coefficients.values());
        MemorySegment values =
                entry.stored() ? file.allocate(Math.max(1, bigEndian.byteSize()), Long.BYTES) : bigEndian;
        Coefficients.swap(coefficients.dtype(), bigEndian, values);
        return values.asSlice(0, bigEndian.byteSize());
    }

    private static TensorSet cut(MappedFile file, List<TensorSpec> specs, MemorySegment values, long elements) {
        long described = 0;
        for (TensorSpec spec : specs) {
            require(file, spec.elements() <= elements - described, "its layers have more parameters than it holds");
            described += spec.elements();
        }
        require(
                file,
                described == elements,
                "its layers have " + described + " parameters and it holds " + elements + " values");
        List<NamedTensor> tensors = new ArrayList<>(specs.size());
        Set<String> names = new HashSet<>();
        long at = 0;
        for (TensorSpec spec : specs) {
            require(file, names.add(spec.name()), "it has two parameters named " + spec.name());
            tensors.add(new NamedTensor(spec, values.asSlice(at, spec.bytes())));
            at += spec.bytes();
        }
        return new TensorSet(tensors);
    }

    private static void require(MappedFile file, boolean condition, String otherwise) {
        if (!condition) {
            throw unreadable(file, otherwise);
        }
    }

    private static FaultException unreadable(MappedFile file, String why) {
        return new FaultException(
                Fault.MODEL_UNREADABLE, file.path() + " is not a DL4J model that can be read: " + why + ".");
    }
}
