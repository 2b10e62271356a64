import { expect, test } from 'vitest'
import {
  columnNames,
  type FleetView,
  paramsOf,
  queryOf,
  usualColumns,
  viewOf,
  viewOfQuery,
} from './fleetView.ts'

const plain: FleetView = {
  search: '',
  status: null,
  runsConfigId: null,
  atsGeneration: null,
  live: {},
  sort: 'HOSTNAME',
  isDescending: false,
  columns: usualColumns,
}

test('the plain address is the plain view', () => {
  expect(viewOf({})).toEqual(plain)
  expect(queryOf(plain)).toBe('')
})

test('every part of a view survives the way through the address', () => {
  const view: FleetView = {
    search: 'edge & core',
    status: 'FAILED',
    runsConfigId: 'c-1',
    atsGeneration: 'ATS_10_2',
    live: { errorRate: { min: 0.05, max: null }, connections: { min: 0, max: 200 } },
    sort: 'LAST_SEEN',
    isDescending: true,
    columns: ['status', 'enrolled'],
  }
  expect(viewOf(paramsOf(view))).toEqual(view)
  expect(viewOfQuery(queryOf(view))).toEqual(view)
})

test('no column but the hostname is a view too', () => {
  expect(viewOfQuery(queryOf({ ...plain, columns: [] })).columns).toEqual([])
  expect(viewOfQuery(queryOf({ ...plain, columns: columnNames })).columns).toEqual(columnNames)
})

test('words that mean nothing are taken for absent', () => {
  expect(viewOf({ status: 'ON_FIRE', sort: 'MOOD', ats: '9.2', desc: 'yes', cols: 'status,mood' })).toEqual({
    ...plain,
    columns: ['status'],
  })
})
