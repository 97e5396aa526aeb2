package io.nsfl.modelformats.zip;

/**
 * An entry of an archive and where its parts lie in the file.
 *
 * @param method 0 = stored, 8 = deflated
 * @param trailer whether sizes and checksum follow the data instead of standing in front
 * @param packed bytes in the file
 * @param size bytes when unpacked
 * @param data place of the packed bytes
 * @param local place of the header in front of the data
 * @param central place of the entry in the directory at the end
 */
public record ZipEntryInfo(
        String name,
        int method,
        boolean trailer,
        long crc,
        long packed,
        long size,
        long data,
        long local,
        long central) {
    static final int STORED = 0;
    static final int DEFLATED = 8;

    public boolean stored() {
        return method == STORED;
    }
}
