/**
 * What listeners are told of partitions: put down where it happens, and told on threads of their own. Knows nothing of
 * partitions but what is in the API. Not exported.
 */
package hv.partition.news;
