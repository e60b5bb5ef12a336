/** What a sector of flash is, by the statistics of its bytes. Never judged over a whole image: erased flash would hide all. */
export type SectorKind = 'erased' | 'plain' | 'encrypted';
