/**
 * PyTorch state dicts in the zip container of {@code torch.save}. The pickle is read as data and may name nothing but tensors,
 * storages and ordered dictionaries; values stay where they are in the file.
 */
package io.nsfl.modelformats.torch;
