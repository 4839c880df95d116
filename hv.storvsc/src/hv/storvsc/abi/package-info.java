/** The system calls of this bundle, and nothing else: files, and guest memory as the kernel reads and writes it. */
package hv.storvsc.abi;
